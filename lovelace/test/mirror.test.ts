import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { House, view } from "../dev/house.ts";
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
