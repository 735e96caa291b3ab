import { expect, test } from "vitest";
import { House, view } from "../dev/house.ts";
import { catalogueOf, NOTHING } from "../src/model/catalogue.ts";

const DOMAINS = new Set(["calendar", "media_player", "person", "weather"]);
const house = new House(view);
for (const id of ["person.ben", "person.anna", "weather.home", "light.hall", "personal.thing"])
  house.set(id, "on");

test("what widgets look for is found, in its order", () => {
  expect(catalogueOf(house.hass(), DOMAINS, NOTHING)).toEqual({
    calendar: [],
    media_player: [],
    person: ["person.anna", "person.ben"],
    weather: ["weather.home"],
  });
});

test("what is hidden, or belongs to a device's own affairs, is left out", () => {
  const entities = {
    "person.ben": { entity_id: "person.ben", hidden: true },
    "weather.home": { entity_id: "weather.home", entity_category: "diagnostic" },
  };
  const { person, weather } = catalogueOf(house.hass({ entities }), DOMAINS, NOTHING);
  expect([person, weather]).toEqual([["person.anna"], []]);
});

test("where nothing came and nothing went it is the same object", () => {
  const before = catalogueOf(house.hass(), DOMAINS, NOTHING);
  expect(catalogueOf(house.hass(), DOMAINS, before)).toBe(before);
  expect(catalogueOf({ ...house.hass(), states: {} }, DOMAINS, before)).not.toBe(before);
});
