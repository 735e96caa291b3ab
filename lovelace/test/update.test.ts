import { expect, test } from "vitest";
import { isOutdated } from "../src/model/update.ts";

test("another display than the own one is loaded, once", () => {
  expect(isOutdated("old", "new", null)).toBe(true);
  expect(isOutdated("old", "new", "new")).toBe(false);
  expect(isOutdated("old", "newer", "new")).toBe(true);
});

test("the same display, or one that nobody knows, is not loaded anew", () => {
  expect(isOutdated("same", "same", null)).toBe(false);
  expect(isOutdated(null, "new", null)).toBe(false);
  expect(isOutdated("old", null, null)).toBe(false);
  expect(isOutdated("old", undefined, null)).toBe(false);
});
