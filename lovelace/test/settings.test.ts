import { expect, test } from "vitest";
import { glassScale, isFull, layoutOf } from "../src/model/settings.ts";
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
  const text = 0.055 * Math.min(width, height) * glassScale({ diagonal, distance }, width, height).scale;
  return (0.711 * text * diagonal * 25.4) / Math.hypot(width, height);
}

test("capitals are as large as the distance asks for", () => {
  expect(capital(24, 2, 1080, 1920)).toBeCloseTo(11.6);
  expect(capital(32, 1, 1080, 1920)).toBeCloseTo(5.8);
  expect(capital(55, 3, 3840, 2160)).toBeCloseTo(17.4);
});

test("text is no larger than the layout bears, and no smaller than it is looked at for", () => {
  expect(glassScale({ diagonal: 15, distance: 4 }, 1080, 1920).scale).toBe(1.25);
  expect(glassScale({ diagonal: 120, distance: 0.5 }, 1080, 1920).scale).toBe(0.3);
});

test("a mirror that was not told its size is one of 24 inches, read from a metre", () => {
  const text = ({ scale }: { scale: number }, shorter: number) => 0.055 * scale * shorter;
  const usual = glassScale(undefined, 2160, 3840);
  expect(usual).toEqual(glassScale({ diagonal: 24, distance: 1 }, 2160, 3840));
  expect(text(glassScale(undefined, 1080, 1920), 1080)).toBeCloseTo(30.8, 1);
  expect(text(glassScale(undefined, 1280, 1024), 1024)).toBeCloseTo(30.8, 1);
  expect(text(glassScale(undefined, 800, 480), 480)).toBeCloseTo(20.1, 1);
  expect(glassScale(undefined, 0, 0).scale).toBe(0.76);
});

test("a finger needs nine millimetres", () => {
  expect(glassScale({ diagonal: 24, distance: 2 }, 1080, 1920).touch).toBeCloseTo(32.5, 1);
  expect(glassScale({ diagonal: 7, distance: 0.5 }, 800, 480).touch).toBeCloseTo(47.2, 1);
});
