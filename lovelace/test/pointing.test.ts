import { expect, test } from "vitest";
import { hand } from "../dev/house.ts";
import { nearest, pointing } from "../src/model/pointing.ts";

test("a hand points with its finger, where that would count", () => {
  const finger = hand({ pose: "pointing_up" });
  expect(pointing([hand({}), finger])).toBe(finger);
  expect(pointing([hand({ pose: "pointing_up", hold_ms: 0 })])).toBeUndefined();
});

const column = [100, 200, 300, 500].map((y) => ({ x: 40, y }));

test.each([
  ["above all", 0.1, 0],
  ["at the upper edge of what is easy to reach", 0.25, 0],
  ["nearer to the second", 0.36, 1],
  ["between the third and the last", 0.6, 2],
  ["below all", 0.95, 3],
])("in one column it is the height that counts: %s", (_where, y, expected) => {
  expect(nearest({ x: 0.9, y }, column)).toBe(expected);
});

test("among columns it is the side as well", () => {
  const columns = [
    { x: 100, y: 100 },
    { x: 100, y: 300 },
    { x: 700, y: 100 },
    { x: 700, y: 300 },
  ];
  expect(nearest({ x: 0.3, y: 0.7 }, columns)).toBe(1);
  expect(nearest({ x: 0.7, y: 0.3 }, columns)).toBe(2);
});

test("one spot alone is pointed at from everywhere, and none where there is none", () => {
  expect(nearest({ x: 0.9, y: 0.1 }, [{ x: 5, y: 5 }])).toBe(0);
  expect(nearest({ x: 0.5, y: 0.5 }, [])).toBe(-1);
});
