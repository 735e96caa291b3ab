import { afterEach, beforeEach, expect, test } from "vitest";
import { House, view } from "../dev/house.ts";
import type { Person } from "../src/model/people.ts";
import type { MiraPeopleSettings } from "../src/settings/people.ts";
import "../src/settings/people.ts";
import de from "../src/texts/de/settings.json";
import en from "../src/texts/en/settings.json";

let card: MiraPeopleSettings;
let sent: Record<string, unknown>[];
let people: Person[];
let answer: object | Error;

/** Stands for Home Assistant's form. */
class Form extends HTMLElement {
  data: Record<string, unknown> = {};
  schema: { name: string; selector: { select?: { options: { label: string }[]; mode: string } } }[] = [];
}

if (!customElements.get("ha-form")) customElements.define("ha-form", Form);

const anna: Person = {
  id: "p_1",
  name: "<b>Anna</b>",
  ha_person: "person.anna",
  consents: ["face", "smell"],
  pin: true,
  opens: ["camera_on", "garden"],
};
const bert: Person = {
  id: "p_2",
  name: null,
  ha_person: "person.gone",
  consents: [],
  pin: false,
  opens: null,
};

beforeEach(async () => {
  const house = new House(view);
  house.set("person.anna", "home", { friendly_name: "Anna" });
  sent = [];
  people = [anna, bert];
  answer = { outcome: "accepted", status: "done" };
  house.connection.sendMessagePromise = async (message: Record<string, unknown>) => {
    sent.push(message);
    if (answer instanceof Error) throw answer;
    return (message.type === "mira/people/list" ? { people: [...people], next: null } : answer) as never;
  };
  card = document.createElement("mira-people-settings") as MiraPeopleSettings;
  const state = { known: {}, connected: true, pin: true };
  Object.assign(card, {
    hass: house.hass(),
    entryId: "entry",
    words: en,
    risks: ["camera_on", "window_in_rain"],
    ...state,
  });
  document.body.append(card);
  await settle();
});

afterEach(() => card.remove());

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setTimeout(done));
}

function all(name: string, root: ParentNode = card.renderRoot): HTMLElement[] {
  const inner = [...root.querySelectorAll("*")].flatMap(({ shadowRoot }) =>
    shadowRoot ? all(name, shadowRoot) : [],
  );
  return [...root.querySelectorAll<HTMLElement>(name), ...inner];
}

const hook = (name: string) => all(`[data-test="${name}"]`)[0];
const there = (name: string) => hook(name) !== undefined;
const said = (name: string) => hook(name)?.textContent;
const form = (which = 0) => all("ha-form")[which] as Form;
const asked = () => sent.filter(({ type }) => type !== "mira/people/list");

async function tap(name: string): Promise<void> {
  hook(name)?.click();
  await settle();
}

async function enter(value: object, which = 0): Promise<void> {
  const { data } = form(which);
  form(which).dispatchEvent(new CustomEvent("value-changed", { detail: { value: { ...data, ...value } } }));
  await settle();
}

test("each person is listed with whom they are in Home Assistant, what they agreed to, and their PIN", () => {
  const rows = all('[data-test="person"]').map((row) => row.textContent?.replaceAll(/\s+/g, " ").trim());
  expect(rows).toEqual(["<b>Anna</b>Anna · face · smell · own PIN", `Without a name${en.person_gone}`]);
});

test("nobody yet, an absent mirror and one that does not answer each have their sentence", async () => {
  people = [];
  card.known = { other: true };
  await settle();
  expect(said("people-empty")).toBe(en.people_empty);
  card.connected = false;
  await settle();
  expect(said("people-unavailable")).toBe(en.people_unavailable);
  answer = new Error("It did not answer.");
  Object.assign(card, { known: {}, connected: true });
  await settle();
  expect(said("people-trouble")).toBe("It did not answer.");
  answer = {};
  people = [anna];
  await tap("people-retry");
  expect(all('[data-test="person"]')).toHaveLength(1);
});

test("somebody is added with their name, whom they are in Home Assistant and what they agree to", async () => {
  await tap("person-add");
  await tap("person-save");
  expect(said("person-trouble")).toBe(en.person_no_name);
  await enter({ ha_person: "person.anna" });
  expect(form().data.person_name).toBe("Anna");
  await enter({ person_name: "  Anne ", consent_memory: true });
  expect(there("person-trouble")).toBe(false);
  await tap("person-save");
  expect(asked()).toEqual([
    {
      type: "mira/people/add",
      entry_id: "entry",
      name: "Anne",
      ha_person: "person.anna",
      consents: ["memory"],
    },
  ]);
  expect(said("people-outcome")).toBe("Anne is added.");
  expect(there("person-form")).toBe(false);
});

test("nothing is added by cancelling", async () => {
  await tap("person-add");
  await enter({ person_name: "Anne" });
  await tap("person-cancel");
  expect(there("person-form")).toBe(false);
  expect(asked()).toEqual([]);
  await tap("person-add");
  expect(form().data.person_name).toBe("");
});

test("only what was changed of somebody is sent, and a name cannot be emptied", async () => {
  await tap("person-edit");
  await tap("person-save");
  expect(said("people-outcome")).toBe(en.person_unchanged);
  await tap("person-edit");
  await enter({ person_name: " " });
  await tap("person-save");
  expect(said("person-trouble")).toBe(en.person_no_name);
  await enter({ person_name: "Anne", consent_face: false });
  await tap("person-save");
  expect(asked()).toEqual([
    { type: "mira/people/change", entry_id: "entry", person: "p_1", name: "Anne", consents: ["smell"] },
  ]);
  expect(said("people-outcome")).toBe(en.person_changed);
});

test("somebody is forgotten only after a second tap, which says what goes for ever", async () => {
  await tap("person-edit");
  await tap("person-forget");
  expect(card.renderRoot.textContent).not.toContain(en.person_forget_yes);
  expect(hook("person-form")?.textContent).toContain(en.person_forget_help);
  await tap("person-forget-no");
  expect(asked()).toEqual([]);
  await tap("person-forget");
  people = [bert];
  await tap("person-forget-yes");
  expect(asked()).toEqual([{ type: "mira/people/forget", entry_id: "entry", person: "p_1" }]);
  expect(said("people-outcome")).toBe("<b>Anna</b> is forgotten.");
  expect(all('[data-test="person"]')).toHaveLength(1);
});

test("what the mirror refuses is told where it was asked, and can be tried again", async () => {
  await tap("person-edit");
  await enter({ person_name: "Anne" });
  answer = new Error("The mirror does not know this person.");
  await tap("person-save");
  expect(said("person-trouble")).toBe("The mirror does not know this person.");
  answer = { outcome: "accepted", status: "waiting" };
  await tap("person-save");
  expect(said("people-outcome")).toBe(en.people_waiting);
});

test("a person's own PIN is set with the mirror's, and what it opens is chosen", async () => {
  await tap("person-edit");
  expect(said("pin-is")).toBe(`${en.own_pin_is_set} It opens: Camera on, garden.`);
  expect(form(1).schema.map(({ name }) => name)).toEqual([
    "pin_mirror",
    "pin_new",
    "pin_again",
    "opens_all",
    "opens",
  ]);
  expect(form(1).schema[4]?.selector.select).toMatchObject({ multiple: true, mode: "list" });
  const labels = form(1).schema[4]?.selector.select?.options.map(({ label }) => label);
  expect(labels).toEqual(["Camera on", "Open a window in the rain", "garden"]); // one of a newer mirror stays
  await enter({ pin_new: "4711", pin_again: "4711" }, 1);
  await tap("pin-save");
  expect(said("pin-outcome")).toBe(en.pin_refused_pin_required);
  await enter({ pin_mirror: "0815", opens: [] }, 1);
  await tap("pin-save");
  expect(said("pin-outcome")).toBe(en.pin_opens_nothing);
  await enter({ opens: ["people"] }, 1);
  await tap("pin-save");
  expect(said("pin-outcome")).toBe(en.pin_changed);
  await enter({ pin_mirror: "0815", pin_new: "4711", pin_again: "4711", opens_all: true }, 1);
  expect(form(1).schema).toHaveLength(4);
  await tap("pin-save");
  await enter({ pin_mirror: "0815" }, 1);
  await tap("pin-remove");
  expect(said("pin-outcome")).toBe(en.own_pin_removed);
  const whose = { type: "mira/set_pin", entry_id: "entry", person: "p_1", current: "0815" };
  expect(asked()).toEqual([
    { ...whose, pin: "4711", opens: ["people"] },
    { ...whose, pin: "4711", opens: null },
    whose,
  ]);
});

test("somebody without a PIN gets one that opens all, and one that is taken is told", async () => {
  Object.assign(card, { words: de });
  all('[data-test="person-edit"]')[1]?.click();
  await settle();
  expect(said("pin-is")).toBe(de.own_pin_is_not_set);
  expect(there("pin-remove")).toBe(false);
  answer = { outcome: "rejected", reason: "pin_taken" };
  await enter({ pin_mirror: "0815", pin_new: "4711", pin_again: "4711" }, 1);
  await tap("pin-save");
  expect(asked()).toMatchObject([{ person: "p_2", pin: "4711", opens: null }]);
  expect(said("pin-outcome")).toBe(de.pin_refused_pin_taken);
});

test("without a PIN of the mirror it is said that one is needed first", async () => {
  card.pin = false;
  await tap("person-edit");
  expect(said("own-pin-needs-pin")).toBe(en.own_pin_needs_pin);
  expect(there("pin-save")).toBe(false);
});

test("names are asked for again when the mirror's people change, and an open form keeps what was entered", async () => {
  await tap("person-edit");
  await enter({ person_name: "Anne" });
  people = [bert, anna];
  card.known = { more: true };
  await settle();
  expect(form().data.person_name).toBe("Anne");
  expect(sent.filter(({ type }) => type === "mira/people/list")).toHaveLength(2);
});
