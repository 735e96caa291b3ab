import { beforeEach, expect, test } from "vitest";
import { House, view } from "../dev/house.ts";
import { changesOf, entered, fieldsOf, haPersonName, type Person, people } from "../src/model/people.ts";

const anna: Person = {
  id: "p_1",
  name: "Anna",
  ha_person: "person.anna",
  consents: ["face", "smell"],
  pin: false,
  opens: null,
};
const states = {
  "person.anna": { entity_id: "person.anna", state: "home", attributes: { friendly_name: "Anna Maria" } },
  "person.bert": { entity_id: "person.bert", state: "home", attributes: {} },
};

let house: House;
let asked: object[];

beforeEach(() => {
  house = new House(view);
  asked = [];
});

test("all people are asked for, page by page, and listed by name", async () => {
  const pages = [
    {
      people: [
        { ...anna, name: null },
        { ...anna, name: "Zoe" },
      ],
      next: "p_2",
    },
    {
      people: [
        { ...anna, name: null },
        { ...anna, name: "anton" },
      ],
      next: null,
    },
  ];
  house.connection.sendMessagePromise = async (message: object) => {
    asked.push(message);
    return pages[asked.length - 1] as never;
  };
  const found = await people(house.hass(), "entry");
  expect(found.map(({ name }) => name)).toEqual(["anton", "Zoe", null, null]);
  expect(asked).toEqual([
    { type: "mira/people/list", entry_id: "entry" },
    { type: "mira/people/list", entry_id: "entry", after: "p_2" },
  ]);
});

test("only what was changed of somebody is sent, and what a newer mirror knows stays", () => {
  const fields = fieldsOf(anna);
  expect(fields).toEqual({
    person_name: "Anna",
    ha_person: "person.anna",
    consent_face: true,
    consent_voice: false,
    consent_memory: false,
  });
  expect(changesOf(anna, fields)).toEqual({});
  expect(changesOf(anna, { ...fields, person_name: " Anne " })).toEqual({ name: "Anne" });
  expect(changesOf(anna, { ...fields, ha_person: "" })).toEqual({ ha_person: null });
  expect(changesOf(anna, { ...fields, consent_face: false, consent_memory: true })).toEqual({
    consents: ["memory", "smell"],
  });
  expect(changesOf(anna, {})).toEqual({ name: "", ha_person: null, consents: ["smell"] });
});

test("somebody new is sent with what was entered", () => {
  expect(changesOf(null, fieldsOf(null))).toEqual({});
  expect(
    changesOf(null, {
      ...fieldsOf(null),
      person_name: "Bert",
      ha_person: "person.bert",
      consent_voice: true,
    }),
  ).toEqual({ name: "Bert", ha_person: "person.bert", consents: ["voice"] });
  expect(fieldsOf({ ...anna, name: null, ha_person: null })).toMatchObject({
    person_name: "",
    ha_person: "",
  });
});

test("who is chosen in Home Assistant gives a name where none was entered", () => {
  const chosen = { person_name: "", ha_person: "person.anna" };
  expect(entered(chosen, { states }).person_name).toBe("Anna Maria");
  expect(entered({ ...chosen, person_name: "Mum" }, { states }).person_name).toBe("Mum");
  expect(entered({ person_name: "" }, { states }).person_name).toBe("");
});

test("somebody who is not in Home Assistant has no name there", () => {
  expect(haPersonName("person.bert", { states })).toBe("person.bert");
  expect(haPersonName("person.gone", { states })).toBeNull();
  expect(haPersonName("person.gone", {})).toBeNull();
  expect(haPersonName(null, { states })).toBeNull();
});
