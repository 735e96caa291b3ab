import { expect, test } from "vitest";
import { rowsThatFit } from "../src/model/fit.ts";

const column = (height: number, columns = 1) => ({ height, columns, gap: 10 });

test("all rows stay where they fit to the pixel", () => {
  expect(rowsThatFit([50, 50, 50], column(170), 40, true)).toBe(3);
});

test("a line for the rest takes the place of rows", () => {
  expect(rowsThatFit([50, 50, 50], column(169), 40, true)).toBe(2);
  expect(rowsThatFit([50, 50, 50], column(149), 40, true)).toBe(1);
});

test("where there are more rows than these, the line for the rest is always needed", () => {
  expect(rowsThatFit([50, 50, 50], column(170), 40, false)).toBe(2);
});

test("rows go on in the next column", () => {
  expect(rowsThatFit([50, 50, 50, 50], column(110, 2), 40, true)).toBe(4);
  expect(rowsThatFit([50, 50, 50, 50, 50], column(110, 2), 40, true)).toBe(3);
});

test("a row that is too high for any column ends the list", () => {
  expect(rowsThatFit([50, 200, 50], column(110, 2), 40, true)).toBe(1);
});

test("in no room no row fits", () => {
  expect(rowsThatFit([50], column(20), 40, true)).toBe(0);
});
