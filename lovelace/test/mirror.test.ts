import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { House, view } from "../dev/house.ts";
import { Mirror } from "../src/mirror.ts";

let house: House;
let mirror: Mirror;

beforeEach(async () => {
  vi.useFakeTimers();
  house = new House(view);
  mirror = new Mirror({ addController: () => undefined, requestUpdate: () => undefined });
  mirror.use(house.hass());
  mirror.hostConnected();
  await vi.advanceTimersByTimeAsync(0);
});

afterEach(() => {
  mirror.hostDisconnected();
  vi.useRealTimers();
});

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
