import { expect, test } from "vitest";
import { added, given, moved, removed, replaced, settled } from "../src/model/draft.ts";
import type { Layout } from "../src/model/settings.ts";

const clock = { type: "clock" };
const weather = { type: "weather" };
const todos = { type: "todos" };
const layout: Layout = { top_left: [clock, weather], bottom_left: [todos] };

test("changes stand in front of what is settled, and null goes back to the default", () => {
  const settings = { version: 1, size: { diagonal: 24, distance: 2 }, pages: { home: layout, clock: {} } };
  const changes = { size: null, pages: { clock: null, todos: { middle: [todos] } } };
  expect(settled(settings, changes)).toEqual({
    version: 1,
    pages: { home: layout, todos: { middle: [todos] } },
  });
  expect(settled(settings, {})).toEqual(settings);
});

test("a widget comes, changes and goes, and the others stay", () => {
  expect(added(layout, "middle", clock).middle).toEqual([clock]);
  expect(added(layout, "bottom_left", clock).bottom_left).toEqual([todos, clock]);
  expect(removed(layout, { region: "top_left", index: 0 }).top_left).toEqual([weather]);
  const large = { type: "clock", size: "large" };
  expect(replaced(layout, { region: "top_left", index: 0 }, large)).toEqual({
    ...layout,
    top_left: [large, weather],
  });
});

test.each([
  ["down in its region", 0, 1, { top_left: [weather, clock], bottom_left: [todos] }],
  ["up in its region", 1, -1, { top_left: [weather, clock], bottom_left: [todos] }],
  [
    "from the end to the next region",
    1,
    1,
    { top_left: [clock], top_right: [weather], bottom_left: [todos] },
  ],
  ["nowhere from the very top", 0, -1, layout],
  ["nowhere where it is not", 7, 1, layout],
] as const)("a widget is moved %s", (_, index, by, expected) => {
  expect(moved(layout, { region: "top_left", index }, by)).toEqual(expected);
});

test("a widget that is moved up into another region is the last there", () => {
  const up = moved({ middle: [clock], bottom_left: [todos] }, { region: "bottom_left", index: 0 }, -1);
  expect(up.middle).toEqual([clock, todos]);
});

test("only options that differ from the defaults are kept", () => {
  const defaults = { count: 4, entities: [], title: "" };
  expect(given({ count: 4, entities: [], title: "", days: undefined }, defaults)).toEqual({});
  expect(given({ count: 5, entities: ["a.b"], title: "Now", completed: false }, defaults)).toEqual({
    count: 5,
    entities: ["a.b"],
    title: "Now",
    completed: false,
  });
});

test("where nothing hangs nothing is removed or changed", () => {
  const place = { region: "middle", index: 0 } as const;
  expect(removed(layout, place)).toEqual({ ...layout, middle: [] });
  expect(replaced(layout, place, clock)).toEqual({ ...layout, middle: [] });
  expect(moved(layout, place, 1)).toEqual(layout);
});
