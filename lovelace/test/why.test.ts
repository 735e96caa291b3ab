import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { event, House, state, view } from "../dev/house.ts";
import type { MiraEvent } from "../src/protocol.ts";
import { Glass, loaded, settle } from "./glass.ts";

let house: House;
let glass: Glass;

beforeAll(loaded);

beforeEach(() => {
  vi.spyOn(window, "matchMedia").mockReturnValue({ matches: true } as MediaQueryList);
  vi.useFakeTimers({ now: Date.parse("2026-11-20T12:10:00.000Z") });
  house = new House({ ...view, state: { ...state, page: "log", pages: ["home", "log"] } });
  glass = new Glass(house);
});

afterEach(() => {
  glass.panel.remove();
  vi.useRealTimers();
});

const entries = () => glass.all("log-entry").map((entry) => entry.textContent?.replace(/\s+/g, " ").trim());

function decide(fields: Partial<MiraEvent> & Pick<MiraEvent, "action">): void {
  house.tell(event({ type: "accepted", ...fields }));
}

test("the log tells who asked, what came of it, how sure it was and what was stronger, and follows", async () => {
  decide({ action: "set_camera", payload: { on: false }, source: "touch", command_id: "of-touch" });
  decide({
    action: "set_camera",
    payload: { on: true },
    source: "automation",
    type: "rejected",
    reason: "superseded",
    values: { source: "touch", command_id: "of-touch" },
  });
  await glass.hang();
  expect(entries()).toEqual(["Camera on lost to: Touch 13:00 · Automation", "Camera off 13:00 · Touch"]);
  decide({ action: "gesture", payload: { name: "palm" }, confidence: 0.93 });
  await settle();
  expect(entries()[0]).toBe("Palm 13:00 · Gesture · 93%");
});

test("a flood of refusals is one line that says how many there were", async () => {
  const flood = {
    action: "toggle_camera",
    source: "touch",
    type: "rejected",
    reason: "rate_limited",
  } as const;
  decide(flood);
  decide({ ...flood, count: 4_950 });
  await glass.hang();
  expect(entries()).toEqual([
    "Switch the camera … and 4,949 more Too many at once 13:00 · Touch",
    "Switch the camera Too many at once 13:00 · Touch",
  ]);
});

test("a filter shows one source, or only what was refused", async () => {
  decide({ action: "lock", source: "touch" });
  decide({ action: "lock", source: "voice" });
  decide({ action: "undo", source: "voice", type: "rejected", reason: "nothing_to_undo" });
  await glass.hang();
  await glass.tap("log-voice");
  expect(entries()).toHaveLength(2);
  await glass.tap("log-refused");
  expect(entries()).toEqual(["Take back Nothing to undo 13:00 · Voice"]);
  await glass.tap("log-voice");
  await glass.tap("log-refused");
  expect(entries()).toHaveLength(3);
  await glass.tap("log-automation");
  expect(glass.words("log-empty")).toBe("Nothing like that is in the log.");
});

test("older decisions are on the next pages, and back again", async () => {
  for (let count = 0; count < 100; count += 1) decide({ action: "lock", command_id: `command ${count}` });
  await glass.hang();
  const first = () => glass.all("log-entry")[0]?.dataset.seq;
  const newest = first();
  expect(glass.one("log-newer").hasAttribute("disabled")).toBe(true);
  await glass.tap("log-older");
  expect(Number(first())).toBeLessThan(Number(newest));
  decide({ action: "undo" });
  await settle();
  expect(Number(first())).toBeLessThan(Number(newest)); // who reads is not disturbed
  await glass.tap("log-newer");
  await glass.tap("log-newer");
  expect(Number(first())).toBe(Number(house.log[0]?.seq));
});

test("a tap explains a decision, in the words of the mirror where it has them", async () => {
  const told = event({
    type: "rejected",
    action: "set_camera",
    payload: { on: true },
    source: "voice",
    reason: "low_confidence",
    confidence: 0.4,
    looked: ["validation", "confidence"],
  });
  house.tell(told);
  await glass.hang();
  await glass.tap("log-entry");
  expect(glass.words("why")).toBe(
    "Camera on Who asked Voice, 13:00 What was decided Not sure: 40% How sure 40% Checked is it valid → how sure",
  );
  await glass.tap("why-back");
  house.explain = () => ({
    answer: told,
    changed: [],
    before: [],
    led_to: [{ how: "stood against", command_id: "c", source: "touch", action: "toggle_camera" }],
  });
  await glass.tap("log-entry");
  expect(glass.words("why")).toContain("What belongs to it stood against: Touch, Switch the camera");
  expect(glass.words("why")).toContain("What it changed nothing");
});

test("a log that cannot be read says so", async () => {
  house.connection.sendMessagePromise = async () => {
    throw { code: "cannot_connect", message: "Redis does not answer." };
  };
  await glass.hang();
  expect(glass.words("log-empty")).toBe("The log cannot be read just now: Redis does not answer.");
});

test("what happened while the mirror was not followed is there when it is again", async () => {
  await glass.hang();
  house.show({ connected: false });
  house.log.unshift(event({ type: "accepted", action: "lock" }));
  await settle();
  house.show({ connected: true });
  await settle();
  expect(entries()).toHaveLength(1);
});

test("a tap on a refusal asks why, on any page, and leads back", async () => {
  house.view = { ...view, state };
  await glass.hang();
  decide({ action: "gesture", type: "rejected", payload: { name: "palm" }, reason: "camera_off" });
  await settle();
  await glass.tap("refusal");
  expect(glass.words("why")).toContain("What was decided Camera is off");
  expect(house.calls).toEqual([]);
  await glass.tap("why-back");
  await glass.tap("log-close");
  expect(glass.all("log")).toEqual([]);
  expect(glass.panel.dataset.page).toBe("home");
});

test("who asked why and goes leaves the mirror's page behind; so does a page that turns", async () => {
  house.view = { ...view, state };
  await glass.hang();
  decide({ action: "gesture", payload: { name: "palm" }, confidence: 0.9 });
  await settle();
  await glass.tap("gesture");
  expect(glass.all("why")).toHaveLength(1);
  await settle(59_000);
  glass.panel.dispatchEvent(new Event("pointerdown"));
  await settle(59_000);
  expect(glass.all("why")).toHaveLength(1);
  await settle(1_000);
  expect(glass.all("why")).toEqual([]);
  decide({ action: "gesture", payload: { name: "palm" }, confidence: 0.9 });
  await settle();
  await glass.tap("gesture");
  house.showState({ page: "clock" });
  await settle(500);
  expect(glass.all("why")).toEqual([]);
});

test("somebody who may not read the words is told so in a plain sentence", async () => {
  house.tell(event({ type: "accepted", action: "add_todo", payload: {}, redacted: true, source: "voice" }));
  await glass.hang();
  expect(entries()).toEqual(["Add a todo 13:00 · Voice"]);
  const told = house.log[0] as MiraEvent;
  house.explain = () => ({
    answer: told,
    changed: [
      { place: "todos", redacted: true },
      { place: "page", before: "home", after: "clock" },
    ],
    before: [],
    led_to: [],
    redacted: true,
  });
  await glass.tap("log-entry");
  expect(glass.words("why")).toContain("What it changed todospage: home → clock");
  expect(glass.words("why")).toContain(
    "Left out Only administrators, and the person it came from, can read what was said or written.",
  );
});
