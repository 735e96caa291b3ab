import { expect, test } from "vitest";
import python from "../../custom_components/mira/emotions.py?raw";
import { drawn, FRAME, STROKE } from "../src/widgets/talk/drawing.ts";
import { between, EMOTIONS, type Emotion, FACES } from "../src/widgets/talk/face.ts";
import fluent from "../src/widgets/talk/fluent.json";
import {
  babbleAt,
  changedBy,
  type Life,
  lifeAt,
  living,
  paceOf,
  restAt,
  STILL,
} from "../src/widgets/talk/life.ts";

const EVERY_MS = Array.from({ length: 60_000 }, (_, now) => 1_800_000_000 + now);

/** The points of paths, those that bend a curve included, and those of arcs not. */
const points = (path: string) =>
  [...path.replace(/[aA][^MQZa]*/g, " ").matchAll(/(-?\d+\.\d+) (-?\d+\.\d+)/g)].map(
    ([, x, y]) => [Number(x), Number(y)] as const,
  );

test("there is a face and a picture for each emotion of the integration, and for no other", () => {
  const names = [...python.matchAll(/Emotion\("(\w+)"/g)].map(([, name]) => name);
  expect([...EMOTIONS]).toEqual(names);
  expect(Object.keys(fluent)).toEqual(names);
  for (const picture of Object.values(fluent)) expect(picture).toMatch(/^<.*currentColor.*>$/);
});

test("no line is thinner than a twentieth of the face", () => {
  expect(STROKE / FRAME.size).toBeGreaterThanOrEqual(0.05);
});

test.each(EMOTIONS)("the lines of %s stay on the glass, however it lives and speaks", (emotion) => {
  for (const loud of [0, 0.5, 1]) {
    const life: Life = { shut: 0.5, x: 0.5, y: -0.25, down: 1 };
    const { filled, holes, lines, edge } = drawn(living(FACES[emotion], loud ? life : STILL, loud));
    expect(edge).toBeLessThanOrEqual(STROKE);
    for (const [x, y] of points(filled + holes + lines)) {
      expect(x).toBeGreaterThan(FRAME.from + STROKE / 2);
      expect(x).toBeLessThan(FRAME.from + FRAME.size - STROKE / 2);
      expect(y).toBeGreaterThan(FRAME.from);
    }
  }
});

test("no two faces are nearly the same", () => {
  const apart = (one: Emotion, other: Emotion) =>
    Object.entries(FACES[one]).reduce(
      (sum, [name, number]) => sum + Math.abs(number - FACES[other][name as keyof typeof FACES.sad]),
      0,
    );
  const pairs = EMOTIONS.flatMap((one, place) =>
    EMOTIONS.slice(place + 1).map((other) => [apart(one, other), one, other] as const),
  );
  expect(pairs.filter(([distance]) => distance < 0.9)).toEqual([]);
});

test("one face becomes another evenly", () => {
  expect(between(FACES.sad, FACES.joy, 0)).toEqual(FACES.sad);
  expect(between(FACES.sad, FACES.joy, 1)).toEqual(FACES.joy);
  expect(between(FACES.sad, FACES.joy, 0.5).curve).toBeCloseTo((FACES.sad.curve + FACES.joy.curve) / 2);
});

test("wide eyes have pupils, and others have none; a blush and tears are there where they belong", () => {
  const holes = (emotion: Emotion) => drawn(FACES[emotion]).holes.split("M").length - 1;
  expect([holes("neutral"), holes("surprised"), holes("happy")]).toEqual([0, 2, 0]);
  expect(drawn({ ...FACES.surprised, wink: 1 }).holes.split("M").length - 1).toBe(1);
  const parts = (emotion: Emotion) => drawn(FACES[emotion]).filled.split("M").length - 1;
  expect([parts("sad"), parts("crying")]).toEqual([2, 4]);
  const lines = (emotion: Emotion) => drawn(FACES[emotion]).lines.split("M").length - 1;
  expect([lines("neutral"), lines("love")]).toEqual([3, 7]);
  expect(drawn(FACES.love).edge).toBeLessThan(STROKE);
});

test("it blinks some ten times a minute, and not for long", () => {
  const shut = EVERY_MS.map((now) => lifeAt(now).shut > 0);
  const blinks = shut.filter((one, place) => one && !shut[place - 1]).length;
  expect(blinks).toBeGreaterThanOrEqual(10);
  expect(blinks).toBeLessThanOrEqual(20);
  expect(shut.filter(Boolean).length).toBeLessThan(200 * blinks);
  expect(Math.max(...EVERY_MS.map((now) => lifeAt(now).shut))).toBeGreaterThan(0.9);
});

test("it looks around without a jump, and never far", () => {
  const lives = EVERY_MS.map(lifeAt);
  const most = (of: (life: Life, before: Life) => number) =>
    lives.reduce((sum, life, place) => Math.max(sum, of(life, lives[place - 1] ?? life)), 0);
  for (const name of ["shut", "x", "y", "down"] as const)
    expect(most((life, before) => Math.abs(life[name] - before[name]))).toBeLessThan(0.05);
  expect(most(({ x, y }) => Math.max(Math.abs(x), Math.abs(y)))).toBeLessThanOrEqual(0.5);
  expect(new Set(lives.map(({ x }) => x)).size).toBeGreaterThan(10);
});

test("at rest it needs few frames, and between two of them nothing is missed but a breath", () => {
  let [now, frames] = [EVERY_MS[0] as number, 0];
  while (now < (EVERY_MS.at(-1) as number)) {
    const rest = restAt(now);
    expect(rest).toBeGreaterThan(0);
    const { shut, x, y } = lifeAt(now);
    if (rest > 40) expect(lifeAt(now + rest - 1)).toMatchObject({ shut, x, y });
    now += rest;
    frames += 1;
  }
  expect(frames).toBeLessThan(6.5 * 60);
});

test("the first frame of a change shows it, and it is over in a quarter of a second", () => {
  expect(changedBy(0)).toBeGreaterThan(0.3);
  expect(changedBy(240)).toBe(1);
  expect(changedBy(Number.POSITIVE_INFINITY)).toBe(1);
  expect([paceOf(true, true), paceOf(false, true), paceOf(false, false)]).toEqual([
    40,
    80,
    Number.POSITIVE_INFINITY,
  ]);
});

test("a mouth opens as loudly as it speaks, and a smile stays one", () => {
  expect(living(FACES.happy, STILL, 0)).toEqual(FACES.happy);
  const [soft, loud] = [0.2, 1].map((level) => living(FACES.happy, STILL, level));
  expect(soft?.gape).toBeLessThan(loud?.gape as number);
  expect(loud?.curve).toBe(FACES.happy.curve);
});

test("where nobody says how loud it is, the mouth moves by itself, and closes between words", () => {
  const open = EVERY_MS.map(babbleAt);
  expect(Math.min(...open)).toBe(0);
  expect(Math.max(...open)).toBe(1);
  expect(new Set(open.map((one) => one.toFixed(1))).size).toBe(11);
});
