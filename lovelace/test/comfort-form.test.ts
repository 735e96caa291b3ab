import { expect, test } from "vitest";
import { COMFORT_DEFAULTS, comfortFields, comfortOf } from "../src/model/comfort-form.ts";

test("what is settled comes back from its fields as it was", () => {
  const comfort = {
    dim_after: 10,
    presence: ["binary_sensor.motion"],
    night: { from: "22:30", to: "06:30" },
    light: { entity: "sensor.lux", below: 0 },
    night_colours: "red" as const,
    pixel_shift: false,
  };
  expect(comfortOf(comfortFields({ comfort, guest: true, words: false, face: "always" }))).toEqual({
    comfort,
    guest: true,
    words: false,
    face: "always",
  });
});

test("nothing is settled where all is as by itself", () => {
  expect(comfortFields({})).toEqual(COMFORT_DEFAULTS);
  expect(comfortOf(COMFORT_DEFAULTS)).toEqual({ comfort: null, guest: null, words: null, face: null });
});

test("a night needs both its times, without seconds, and a light its threshold", () => {
  expect(comfortOf({ night_from: "22:00:00" }).comfort).toBeNull();
  expect(comfortOf({ night_from: "22:00:00", night_to: "06:15:00" }).comfort).toEqual({
    night: { from: "22:00", to: "06:15" },
  });
  expect(comfortOf({ light_entity: "sensor.lux" }).comfort).toBeNull();
});
