import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { House, view } from "../dev/house.ts";
import type { HomeAssistant, MiraMessage } from "../src/homeassistant.ts";
import { Subscription } from "../src/subscription.ts";

let house: House;
let told: string[];
let link: Subscription<MiraMessage>;

beforeEach(() => {
  vi.useFakeTimers();
  house = new House(view);
  told = [];
  const connection = house.connection as unknown as HomeAssistant["connection"];
  link = new Subscription(
    connection,
    { type: "mira/subscribe" },
    {
      message: (message) => told.push(message.type),
      unavailable: (trouble) => told.push(`unavailable: ${trouble?.message ?? null}`),
      homeAssistantLost: () => told.push("lost"),
      homeAssistantBack: () => told.push("back"),
    },
  );
});

afterEach(() => {
  link.close();
  vi.useRealTimers();
});

const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

test("the view comes at once", async () => {
  link.open();
  await settle();
  expect(told).toEqual(["view"]);
});

test("until Mira is set up it asks again every two seconds", async () => {
  house.refuse = { code: "not_found", message: "No mirror" };
  link.open();
  await settle(3_999);
  expect(house.subscriptions).toBe(2);
  house.refuse = null;
  await settle(1);
  expect(told).toEqual(["unavailable: null", "unavailable: null", "view"]);
});

test("Mira that is not loaded yet after a restart is waited for, another error is told", async () => {
  house.refuse = { code: "unknown_command", message: "Unknown command." };
  link.open();
  await settle();
  house.refuse = { code: "unauthorized", message: "Not for you" };
  await settle(2_000);
  expect(told).toEqual(["unavailable: null", "unavailable: Not for you"]);
});

test("it subscribes anew when Home Assistant is back, though Mira is not at first", async () => {
  link.open();
  await settle();
  house.disconnect();
  house.refuse = { code: "unknown_command", message: "Unknown command." };
  house.reconnect();
  await settle();
  house.refuse = null;
  await settle(2_000);
  expect(told).toEqual(["view", "lost", "back", "unavailable: null", "view"]);
});

test("it does not ask while Home Assistant is away", async () => {
  house.refuse = { code: "not_found", message: "No mirror" };
  link.open();
  await settle();
  house.disconnect();
  await settle(60_000);
  expect(house.subscriptions).toBe(1);
});

test("a display that opens while Home Assistant is away says so", async () => {
  house.connected = false;
  link.open();
  await settle();
  expect(told).toEqual(["lost"]);
  expect(house.subscriptions).toBe(0);
});

test("after closing nothing more is told", async () => {
  link.open();
  await settle();
  link.close();
  house.show();
  house.disconnect();
  expect(told).toEqual(["view"]);
});

test("what is refused without a sentence is told as what it is", async () => {
  house.connection.subscribeMessage = () => Promise.reject(7);
  link.open();
  await settle();
  expect(told).toEqual(["unavailable: 7"]);
});

test("a connection that is lost meanwhile is asked again when it is back, and nothing is told", async () => {
  const subscribe = house.connection.subscribeMessage;
  house.connection.subscribeMessage = () => Promise.reject(3); // ERR_CONNECTION_LOST
  link.open();
  await settle(60_000);
  house.connection.subscribeMessage = subscribe;
  house.reconnect();
  await settle();
  expect(told).toEqual(["back", "view"]);
});

test("what was closed before the answer came is ended then, though its socket is gone", async () => {
  const end = vi.fn(() => Promise.reject(3));
  let answer = (): void => undefined;
  house.connection.subscribeMessage = () =>
    new Promise((resolve) => {
      answer = () => resolve(end);
    });
  link.open();
  link.close();
  answer();
  await settle();
  expect(end).toHaveBeenCalledTimes(1);
  expect(told).toEqual([]);
});
