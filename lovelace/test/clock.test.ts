import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { House, question, state, view } from "../dev/house.ts";
import "../src/components/wrong-clock.ts";
import { clockWords } from "../src/model/clock.ts";
import en from "../src/texts/en/display.json";
import { Glass, loaded, settle } from "./glass.ts";

const NOON = Date.parse("2026-11-20T12:00:00.000Z"); // 13:00 in Berlin
const MINUTES = 60_000;

let house: House;
let glass: Glass;

beforeAll(loaded);

beforeEach(() => {
  vi.spyOn(window, "matchMedia").mockReturnValue({ matches: true } as MediaQueryList);
  vi.useFakeTimers({ now: NOON });
  house = new House({ ...view, state });
  glass = new Glass(house);
});

afterEach(() => {
  glass.panel.remove();
  vi.useRealTimers();
});

const instant = (minutes: number) => new Date(NOON + minutes * MINUTES).toISOString();

test("on a screen whose clock is four minutes slow, the mirror's question and time are shown after a reload", async () => {
  house.ahead = 4 * MINUTES;
  const pending = question({ asked_at: instant(4), deadline: instant(4.5) });
  const todos = [{ uid: "1", summary: "Leave", due: instant(3) }];
  house.view = { ...house.view, state: { ...state, pending, todos } };
  await glass.hang();
  expect(glass.words("time")).toBe("13:04");
  expect(glass.words("question-time")).toBe("29 s");
  await settle(10_000);
  expect(glass.words("question-time")).toBe("19 s");
  house.showState({ pending: null });
  await settle();
  expect(glass.words("due")).toContain("overdue");
  expect(glass.words("wrong-clock")).toBe(
    "This screen's clock is 4 minutes slow. The time shown is the mirror's.",
  );
});

test("a message is not gone before its time where the clock is fast, and a clock that is nearly right is not told of", async () => {
  house.ahead = -4 * MINUTES;
  const message = { title: null, text: "Dinner", at: instant(-5), until: instant(-3) };
  house.view = { ...house.view, state: { ...state, message } };
  await glass.hang();
  expect(glass.words("message")).toBe("Dinner");
  expect(glass.words("wrong-clock")).toContain("4 minutes fast");
  await settle(MINUTES);
  expect(glass.all("message")).toEqual([]);
  house.ahead = 50_000;
  house.show();
  await settle();
  expect(glass.all("wrong-clock")).toEqual([]);
});

test("when somebody sets the screen's clock, the mirror's time stays what it is", async () => {
  house.ahead = 4 * MINUTES;
  await glass.hang();
  vi.setSystemTime(Date.now() + 4 * MINUTES);
  house.ahead = 0;
  await settle(2_000);
  expect(house.subscriptions).toBe(2);
  expect(glass.words("time")).toBe("13:04");
  expect(glass.all("wrong-clock")).toEqual([]);
  house.disconnect();
  vi.setSystemTime(Date.now() + 60 * MINUTES);
  await settle(2_000);
  expect(house.subscriptions).toBe(2); // nobody can be asked
});

test("the clock follows another time zone of Home Assistant's at once", async () => {
  await glass.hang();
  expect(glass.words("time")).toBe("13:00");
  glass.panel.hass = house.hass({ config: { time_zone: "America/New_York" } });
  await settle();
  expect(glass.words("time")).toBe("07:00");
});

test("a clock is wrong by minutes, hours or days", () => {
  const words = (ahead: number) => clockWords(ahead, "en", en).split(".")[0];
  expect([61_000, -119 * MINUTES, 26 * 60 * MINUTES, -20_000 * 24 * 60 * MINUTES].map(words)).toEqual([
    "This screen's clock is 1 minute slow",
    "This screen's clock is 119 minutes fast",
    "This screen's clock is 26 hours slow",
    "This screen's clock is 20,000 days fast",
  ]);
});
