import { expect, test } from "vitest";
import { entitiesOf, mirrorOf, mirrorOfEntity, mirrorsOf } from "../src/model/mirrors.ts";
import { registries } from "./registries.ts";

test("the mirrors are found by their entities, under the names that people gave them", () => {
  expect(mirrorsOf(registries)).toEqual([
    { deviceId: "bath", entryId: "entry-bath", name: "Bath" },
    { deviceId: "hall", entryId: "entry", name: "Hall" },
  ]);
});

test("without a device the only mirror is meant, none of several, with one that mirror or none", () => {
  expect(mirrorOf(registries, undefined)).toBeNull();
  const { hall } = registries.devices;
  expect(mirrorOf({ ...registries, devices: { hall } as typeof registries.devices }, undefined)?.name).toBe(
    "Hall",
  );
  expect(mirrorOf(registries, "hall")?.name).toBe("Hall");
  expect(mirrorOf(registries, "lamp")).toBeNull();
  expect(mirrorOf({}, undefined)).toBeNull();
});

test("an entity of another integration, or without a device, belongs to no mirror", () => {
  expect(mirrorOfEntity(registries, "light.lamp")).toBeNull();
  expect(mirrorOfEntity(registries, "sensor.homeless")).toBeNull();
  expect(mirrorOfEntity(registries, "sensor.gone")).toBeNull();
});

test("a mirror to which nobody gave a name is Mira", () => {
  const devices = { hall: { id: "hall", name: null, primary_config_entry: "entry" } };
  expect(mirrorOfEntity({ ...registries, devices }, "todo.hall")?.name).toBe("Mira");
});

test("a mirror's entities are those of its device that are not hidden", () => {
  const lock = { entity_id: "lock.hall_pin", device_id: "hall", platform: "mira", hidden: true };
  const hass = { ...registries, entities: { ...registries.entities, "lock.hall_pin": lock } };
  expect(entitiesOf(hass, "hall")).toEqual(["number.hall_hold", "switch.hall_camera", "todo.hall"]);
  expect(entitiesOf({}, "hall")).toEqual([]);
});
