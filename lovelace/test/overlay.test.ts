import { expect, test } from "vitest";
import { hand } from "../dev/house.ts";
import { bones, isOverlaid, isOwn, joints } from "../src/model/overlay.ts";

test.each([
  ["", "never", null, true, true],
  ["camera.hall", "auto", "camera.hall", true, true],
  ["camera.hall", "auto", null, false, false],
  ["camera.hall", "auto", undefined, false, false],
  ["camera.door", "auto", "camera.hall", false, false],
  ["camera.door", "always", null, true, true],
  ["camera.hall", "never", "camera.hall", true, false],
] as const)(
  "%j, %s, where the mirror watches %s: its own %s, with hands %s",
  (entity, overlay, watched, own, over) => {
    expect(isOwn(entity, overlay, watched)).toBe(own);
    expect(isOverlaid(entity, overlay, watched)).toBe(over);
  },
);

test("a bone goes from the wrist to each finger, and across the knuckles", () => {
  const landmarks = Array.from({ length: 21 }, (_, index): [number, number] => [index / 100, 0.5]);
  const path = bones([hand({ landmarks })]);
  expect(path.startsWith("M0 0.5L0.01 0.5L0.02 0.5L0.03 0.5L0.04 0.5M0 0.5L0.05 0.5")).toBe(true);
  expect(path.endsWith("M0.05 0.5L0.09 0.5L0.13 0.5L0.17 0.5")).toBe(true);
  const ends = new Set(path.match(/[\d.]+ 0.5/g));
  expect(ends.size).toBe(21);
  expect(joints([hand({ landmarks })]).slice(0, 20)).toBe("M0 0.5h0M0.01 0.5h0M");
});

test("a hand without landmarks, of an older sidecar, is not drawn", () => {
  const { landmarks: _, ...older } = hand();
  expect([bones([older]), joints([older]), bones([hand({ landmarks: [[0, 0]] })]), bones([])]).toEqual([
    "",
    "",
    "",
    "",
  ]);
});
