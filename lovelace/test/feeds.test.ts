import type { LitElement } from "lit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { House, view } from "../dev/house.ts";
import { Feeds } from "../src/feeds.ts";
import type { HomeAssistant } from "../src/homeassistant.ts";
import type { Request } from "../src/subscription.ts";

let house: House;
let wanted: Record<string, Request>;
let feeds: Feeds<{ events: unknown[] }>;

const calendar = (entity_id: string): Request => ({ type: "calendar/event/subscribe", entity_id });
const host = { addController: vi.fn(), requestUpdate: vi.fn(), isConnected: true, hass: {} as HomeAssistant };

beforeEach(() => {
  vi.useFakeTimers();
  house = new House(view);
  Object.assign(host, { hass: house.hass(), isConnected: true });
  wanted = { family: calendar("calendar.family"), work: calendar("calendar.work") };
  feeds = new Feeds(host as unknown as LitElement & { hass: HomeAssistant }, () => wanted);
});

afterEach(() => {
  feeds.hostDisconnected();
  vi.useRealTimers();
});

async function updated(): Promise<void> {
  feeds.hostUpdated();
  await vi.advanceTimersByTimeAsync(0);
}
const followed = () => [...house.feeds.keys()].map(({ entity_id }) => entity_id);

test("what is wanted is followed, each once", async () => {
  await updated();
  await updated();
  expect(followed()).toEqual(["calendar.family", "calendar.work"]);
  expect([...feeds.latest.keys()]).toEqual(["family", "work"]);
});

test("what is not wanted any more is left, with what was known of it", async () => {
  await updated();
  wanted = { work: calendar("calendar.work") };
  await updated();
  expect(followed()).toEqual(["calendar.work"]);
  expect([...feeds.latest.keys()]).toEqual(["work"]);
});

test("another question under the same name takes the place of the first", async () => {
  await updated();
  wanted = { ...wanted, family: calendar("calendar.holidays") };
  await updated();
  expect(followed()).toEqual(["calendar.work", "calendar.holidays"]);
});

test("what is not on the glass follows nothing", async () => {
  host.isConnected = false;
  await updated();
  expect(followed()).toEqual([]);
});
