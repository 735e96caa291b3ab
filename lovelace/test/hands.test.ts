import { expect, test } from "vitest";
import { hand, view } from "../dev/house.ts";
import { AT_REST, followed } from "../src/model/follow.ts";
import { holding, share } from "../src/model/hands.ts";
import { onlySeen } from "../src/model/seen.ts";

test("hands with a pose that would count are shown as they are in the mirror, from left to right", () => {
  const hands = [
    hand({ x: 0.8, pose: "fist" }),
    hand({ x: 0.2 }),
    hand({ pose: null, hold_ms: 0 }),
    hand({ hold_ms: 0 }),
  ];
  expect(holding(hands).map(({ pose }) => pose)).toEqual(["palm", "fist"]);
});

test.each([
  [0, 0],
  [150, 0.25],
  [600, 1],
  [900, 1],
  [-5, 0],
])("a pose held for %d of 600 ms is held %d of its time", (held_ms, expected) => {
  expect(share(hand({ held_ms }))).toBe(expected);
});

const travel = (travel_x: number, travel_y = 0) => hand({ travel_x, travel_y });

test.each([
  ["trembles", [travel(0.3)], 0],
  ["goes right", [travel(1.4)], 4],
  ["goes left", [travel(-1.4)], -4],
  ["goes very far", [travel(9)], 10],
  ["goes up", [travel(1.4, 2)], 0],
  ["goes less far than the other", [travel(0.6), travel(-1.4)], -4],
])("a hand that %s takes the pages along", (_name, hands, offset) => {
  expect(followed(AT_REST, hands).offset).toBeCloseTo(offset);
});

test("without a hand the pages are back", () => {
  expect(followed({ offset: 4, spent: false }, [])).toEqual(AT_REST);
});

test("the movement that turned the page takes the next one along only after a rest", () => {
  const spent = { offset: 0, spent: true };
  expect(followed(spent, [travel(2)])).toBe(spent);
  const rested = followed(spent, [travel(0)]);
  expect(followed(rested, [travel(1.4)]).offset).toBeCloseTo(4);
});

test("hands that are only seen point at nothing, hold nothing and take no page along", () => {
  const shown = hand({ pose: "pointing_up", travel_x: 1.4 });
  const seen = onlySeen({ type: "live", live: { ts: "2026-11-20T12:00:00.000Z", hands: [shown] } });
  const hands = seen.type === "live" ? seen.live.hands : [];
  expect(hands[0]).toMatchObject({ x: shown.x, engaged: true, landmarks: shown.landmarks });
  expect([holding(hands), followed(AT_REST, hands)]).toEqual([[], AT_REST]);
  expect(onlySeen(view)).toBe(view);
});
