import { expect, test } from "vitest";
import { isFull, layoutOf, textScale } from "../src/model/settings.ts";
import { widgetSettings } from "../src/widgets/index.ts";

const types = (page: string, settings = {}) =>
  Object.values(layoutOf(page, settings, widgetSettings))
    .flat()
    .map(({ type }) => type);

test("without settings home shows a bit of everything, and pages that nobody knows look like it", () => {
  expect(types("home")).toEqual(["clock", "calendar", "weather", "people", "todos", "media", "hint"]);
  expect(types("garden")).toEqual(types("home"));
});

test("a page that is named after a widget shows it alone, and more of it", () => {
  expect(types("clock")).toEqual(["clock"]);
  expect(layoutOf("todos", {}, widgetSettings).middle).toEqual([{ type: "todos", completed: true }]);
  expect(layoutOf("weather", {}, widgetSettings).middle).toEqual([{ type: "weather", count: 8 }]);
});

test("what is settled for a page takes the place of its default, also where that is nothing", () => {
  const settings = { pages: { home: { middle: [{ type: "clock" }] }, todos: {} } };
  expect(types("home", settings)).toEqual(["clock"]);
  expect(types("todos", settings)).toEqual([]);
  expect(types("clock", settings)).toEqual(["clock"]);
});

test("the middle is left to the face, or to one thing", () => {
  expect(isFull(layoutOf("home", {}, widgetSettings))).toBe(false);
  expect(isFull(layoutOf("clock", {}, widgetSettings))).toBe(true);
  expect(isFull({ middle: [] })).toBe(false);
});

/** Millimetres of a capital on a screen of these pixels. */
function capital(diagonal: number, distance: number, width: number, height: number): number {
  const text = 0.055 * Math.min(width, height) * textScale({ diagonal, distance }, width, height);
  return (0.711 * text * diagonal * 25.4) / Math.hypot(width, height);
}

test("capitals are as large as the distance asks for", () => {
  expect(capital(24, 2, 1080, 1920)).toBeCloseTo(11.6);
  expect(capital(32, 1, 1080, 1920)).toBeCloseTo(5.8);
  expect(capital(55, 3, 3840, 2160)).toBeCloseTo(17.4);
});

test("text is no larger than the layout bears, and no smaller than it is looked at for", () => {
  expect(textScale({ diagonal: 15, distance: 4 }, 1080, 1920)).toBe(1.25);
  expect(textScale({ diagonal: 120, distance: 0.5 }, 1080, 1920)).toBe(0.3);
});

test("without a size, or a window, text has the size that it was made for", () => {
  expect(textScale(undefined, 1080, 1920)).toBe(1);
  expect(textScale({ diagonal: 24, distance: 2 }, 0, 0)).toBe(1);
});
