import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { House, state, view } from "../dev/house.ts";
import { called } from "../src/cards/followed.ts";
import { Mirror } from "../src/mirror.ts";

let house: House;
let mirror: Mirror;

beforeEach(async () => {
  vi.useFakeTimers();
  house = new House(view);
  mirror = new Mirror(host, which);
  mirror.use(house.hass());
  mirror.hostConnected();
  await vi.advanceTimersByTimeAsync(0);
});

afterEach(() => {
  mirror.hostDisconnected();
  vi.useRealTimers();
});

const host = { addController: () => undefined, requestUpdate: () => undefined };
const which = { entry_id: "entry", live: false };

const message = {
  text: "Dinner",
  title: null,
  at: "2026-11-20T12:00:00.000Z",
  until: "2026-11-20T12:01:00.000Z",
};

const asked = { key: "camera", command: { action: "toggle_camera", payload: {} } };
const refusal = () => mirror.display.refusal?.what;

test("what fails without a sentence is told as what it is", async () => {
  house.decide = () => Promise.reject("timeout");
  await mirror.ask(asked);
  expect(refusal()).toMatchObject({ reason: "not_done", message: "timeout" });
});

test("a rejection without reason or sentence is one all the same", async () => {
  house.decide = async () => ({ command_id: "c", outcome: "rejected" });
  await mirror.ask(asked);
  expect(refusal()).toMatchObject({ reason: "", message: null, commandId: "c" });
});

test("a tap at the mirror is one, and a tap on a dashboard is what an automation could do, too", async () => {
  await mirror.ask(asked);
  const dashboard = new Mirror(host, which, called);
  dashboard.use(house.hass());
  dashboard.hostConnected();
  await vi.advanceTimersByTimeAsync(0);
  await dashboard.ask(asked);
  dashboard.hostDisconnected();
  const command = { action: "toggle_camera", payload: {} };
  expect(house.calls).toEqual([
    { type: "mira/command", entry_id: "entry", ...command },
    { domain: "mira", service: "send_command", config_entry_id: "entry", ...command },
  ]);
});

test("what fails without Home Assistant, and so without words for it, is told all the same", async () => {
  vi.doMock("../src/model/error-words.ts", () => {
    throw new Error("not loaded");
  });
  house.decide = () => Promise.reject(3);
  await mirror.ask(asked);
  vi.doUnmock("../src/model/error-words.ts");
  expect(refusal()).toMatchObject({ reason: "not_done", message: null });
});

test("a page that turns leaves what stayed the very same, so that nothing of it is drawn anew", async () => {
  house.showState({ todos: [{ uid: "a", summary: "Milk" }] });
  const { todos } = mirror.display.view?.state ?? {};
  house.show({ connected: false });
  expect(mirror.display.view).toMatchObject({ connected: false, number: 3 });
  expect(mirror.display.view?.state?.todos).toBe(todos);
  expect(house.subscriptions).toBe(1);
});

test("a display that has missed something asks for the whole view, and shows no guess until then", async () => {
  const seen: unknown[] = [];
  host.requestUpdate = () => void seen.push(mirror.display.view?.state);
  house.view = { ...house.view, number: 7, state: { ...state, page: "clock", message } };
  house.show({ connected: false });
  await vi.advanceTimersByTimeAsync(0);
  expect(house.subscriptions).toBe(2);
  expect(mirror.display.view).toEqual({ ...house.view, now: expect.any(String) });
  house.showState({ page: "todos" });
  expect(mirror.display.view?.state).toMatchObject({ page: "todos", message });
  expect(seen).toEqual(["clock", "todos"].map((page) => ({ ...state, page, message })));
});
