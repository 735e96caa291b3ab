import { expect, test } from "vitest";
import { lengthUnit, screenFields, screenOf, screenSchema } from "../src/model/screen-form.ts";

const usual = { size: { diagonal: 24, distance: 1 }, orientation: "landscape" } as const;

test("lengths are in what Home Assistant measures in", () => {
  expect(lengthUnit({ config: { unit_system: { length: "mi" } } })).toBe("in");
  expect(lengthUnit({ config: { unit_system: { length: "km" } } })).toBe("cm");
  expect(lengthUnit({})).toBe("cm");
  const units = screenSchema("in").map(({ selector }) => (selector.number as Record<string, unknown>) ?? {});
  expect(units.map(({ min, max, unit_of_measurement }) => [min, max, unit_of_measurement])).toEqual([
    [5, 120, "in"],
    [12, 393, "in"],
    [undefined, undefined, undefined],
  ]);
});

test("what is settled is shown in centimetres or inches", () => {
  expect(screenFields(usual, "cm")).toEqual({ diagonal: 61, distance: 100, orientation: "landscape" });
  expect(screenFields(usual, "in")).toEqual({ diagonal: 24, distance: 39.4, orientation: "landscape" });
  expect(screenFields({}, "cm")).toEqual({});
});

test("what is entered is kept in inches and metres, and what nobody touched as it was", () => {
  const shown = screenFields(usual, "cm");
  expect(screenOf(shown, usual, "cm")).toEqual({});
  expect(screenOf({ ...shown, distance: 150 }, usual, "cm")).toEqual({
    size: { diagonal: 24, distance: 1.5 },
  });
  expect(screenOf({ diagonal: 27, distance: 59 }, {}, "in")).toEqual({
    size: { diagonal: 27, distance: 1.499 },
  });
});

test("what is emptied is left to the display", () => {
  expect(screenOf({}, usual, "cm")).toEqual({ size: null, orientation: null });
});
