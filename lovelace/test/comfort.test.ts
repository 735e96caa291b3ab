import { expect, test } from "vitest";
import {
  type Comfort,
  isNight,
  type Level,
  levelAt,
  type Room,
  shadeOf,
  shiftAt,
} from "../src/model/comfort.ts";

const MINUTE = 60_000;
const settled: Comfort = { dim_after: 5, blank_after: 30 };
const room = (fields: Partial<Room>): Room => ({ seen: 0, there: false, night: false, ...fields });

test.each<[string, number, Partial<Room>, Comfort, Level]>([
  ["somebody was just there", 4.9, {}, settled, "awake"],
  ["nobody for long enough to dim", 5, {}, settled, "dim"],
  ["nobody for long enough to be black", 30, {}, settled, "blank"],
  ["a sensor says that somebody is there", 99, { there: true }, settled, "awake"],
  ["nothing is settled", 999, {}, {}, "awake"],
  ["only black is settled", 30, {}, { blank_after: 30 }, "blank"],
  ["0 is never", 999, {}, { dim_after: 0, blank_after: 0 }, "awake"],
  ["night, and just used", 0.9, { night: true }, {}, "awake"],
  ["night, and not used for a minute", 1, { night: true }, {}, "dim"],
  ["night, and somebody sleeps there", 1, { night: true, there: true }, { at_night: "blank" }, "blank"],
  ["night, and it shall stay as it is", 99, { night: true }, { at_night: "awake" }, "awake"],
  ["night, and nobody there for long", 30, { night: true }, settled, "blank"],
])("%s", (_name, minutes, fields, comfort, level) => {
  expect(levelAt(minutes * MINUTE, room(fields), comfort)).toBe(level);
});

test.each<[Level, Comfort, number]>([
  ["awake", { dimmed: 20 }, 0],
  ["dim", { dimmed: 20 }, 0.8],
  ["dim", {}, 0.65],
  ["blank", {}, 1],
])("over a mirror that is %s with %j lies %d of black", (level, comfort, shade) => {
  expect(shadeOf(level, comfort)).toBeCloseTo(shade);
});

const night = { from: "22:30", to: "06:00" };

test.each<[string, number, number | null, Comfort, boolean, boolean]>([
  ["before it begins", 22 * 60 + 29, null, { night }, false, false],
  ["as it begins", 22 * 60 + 30, null, { night }, false, true],
  ["after midnight", 60, null, { night }, false, true],
  ["as it ends", 6 * 60, null, { night }, true, false],
  ["in a night within one day", 60, null, { night: { from: "00:30", to: "06:00" } }, false, true],
  ["dark", 600, 4, { light: { entity: "sensor.lux", below: 5 } }, false, true],
  ["light", 600, 5, { light: { entity: "sensor.lux", below: 5 } }, false, false],
  [
    "hardly lighter than when it became dark",
    600,
    7,
    { light: { entity: "sensor.lux", below: 5 } },
    true,
    true,
  ],
  ["light again", 600, 7.5, { light: { entity: "sensor.lux", below: 5 } }, true, false],
  ["without a value", 600, null, { light: { entity: "sensor.lux", below: 5 } }, true, false],
  ["nothing settled", 60, 0, {}, false, false],
])("%s", (_name, minute, lux, comfort, before, expected) => {
  expect(isNight(minute, lux, comfort, before)).toBe(expected);
});

test("the picture goes through a small square, a step at a time, and is everywhere as often", () => {
  const places = Array.from({ length: 51 }, (_, minute) => shiftAt(minute));
  for (const [minute, { x, y }] of places.entries()) {
    expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(2);
    const next = places[minute + 1] ?? { x, y };
    expect(Math.abs(next.x - x) + Math.abs(next.y - y)).toBeLessThanOrEqual(1);
  }
  expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(25);
  expect(shiftAt(50)).toEqual(shiftAt(0));
});
