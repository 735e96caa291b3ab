import { expect, test } from "vitest";
import { mirrorOf, mirrorOfEntity, mirrorsOf } from "../src/model/mirrors.ts";
import { registries } from "./registries.ts";

test("the mirrors are found by their entities, under the names that people gave them", () => {
  expect(mirrorsOf(registries)).toEqual([
    { deviceId: "bath", entryId: "entry-bath", name: "Bath" },
    { deviceId: "hall", entryId: "entry", name: "Hall" },
  ]);
});

test("without a device the first mirror is meant, with one that mirror or none", () => {
  expect(mirrorOf(registries, undefined)?.name).toBe("Bath");
  expect(mirrorOf(registries, "hall")?.name).toBe("Hall");
  expect(mirrorOf(registries, "lamp")).toBeNull();
  expect(mirrorOf({}, undefined)).toBeNull();
});

test("an entity of another integration, or without a device, belongs to no mirror", () => {
  expect(mirrorOfEntity(registries, "light.lamp")).toBeNull();
  expect(mirrorOfEntity(registries, "sensor.homeless")).toBeNull();
  expect(mirrorOfEntity(registries, "sensor.gone")).toBeNull();
});
