import type { LitElement } from "lit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { event, House, view } from "../dev/house.ts";
import { EventLog } from "../src/event-log.ts";
import type { LogFilter } from "../src/model/log.ts";
import type { MiraEvent } from "../src/protocol.ts";

const ALL: LogFilter = { source: null, refused: false };

let house: House;
let log: EventLog;

beforeEach(() => {
  vi.useFakeTimers();
  house = new House(view);
  const host = { addController: () => undefined, requestUpdate: () => undefined, isConnected: true };
  log = new EventLog(host as unknown as LitElement);
});

afterEach(() => {
  log.hostDisconnected();
  vi.useRealTimers();
});

const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);
const decision = (fields: Partial<MiraEvent> = {}) => event({ type: "accepted", action: "lock", ...fields });
const shown = () => log.events.map(({ seq }) => seq);

async function follow(filter = ALL): Promise<void> {
  log.follow(house.hass(), "entry", filter);
  await settle();
}

test("the newest decisions are read, and new ones come to them", async () => {
  house.tell(decision());
  house.tell(event({ type: "state_patch", action: "lock" }));
  await follow();
  expect(log).toMatchObject({ read: true, more: false });
  expect(shown()).toHaveLength(1);
  house.tell(decision());
  house.tell(event({ type: "state_patch", action: "lock" }));
  expect(shown()).toEqual(house.log.filter(({ type }) => type === "accepted").map(({ seq }) => seq));
});

test("older ones are read page by page", async () => {
  for (let count = 0; count < 130; count += 1) house.tell(decision());
  await follow();
  expect([log.events.length, log.more]).toEqual([60, true]);
  log.older();
  log.older(); // while one is being read
  await settle();
  expect([log.events.length, log.more]).toEqual([120, true]);
  log.older();
  await settle();
  log.older(); // there are none
  await settle();
  expect([log.events.length, log.more]).toEqual([130, false]);
});

test("another filter begins anew, the same one goes on", async () => {
  house.tell(decision({ source: "voice" }));
  house.tell(decision({ source: "touch" }));
  await follow();
  await follow();
  expect(house.feeds.size).toBe(1);
  await follow({ source: "voice", refused: false });
  expect(log.events.map(({ source }) => source)).toEqual(["voice"]);
  house.tell(decision({ source: "touch" }));
  expect(log.events).toHaveLength(1);
  expect(house.feeds.size).toBe(1);
});

test("after an outage what happened meanwhile is there, and no gap", async () => {
  house.tell(decision());
  await follow();
  house.disconnect();
  house.tell(decision());
  house.reconnect();
  await settle();
  expect(shown()).toHaveLength(2);
  house.disconnect();
  for (let count = 0; count < 80; count += 1) house.tell(decision());
  house.reconnect();
  await settle();
  expect([log.events.length, log.more]).toEqual([60, true]);
});

test("a log that cannot be read says why, and is read when it can be", async () => {
  const read = house.connection.sendMessagePromise;
  house.connection.sendMessagePromise = async () => {
    throw { code: "cannot_connect", message: "Redis does not answer." };
  };
  house.tell(decision());
  await follow();
  expect(log).toMatchObject({ trouble: "Redis does not answer.", read: false });
  house.connection.sendMessagePromise = read;
  log.refresh();
  await settle();
  expect(log).toMatchObject({ trouble: "", read: true });
});

test("an answer to what is not asked for any more is left out", async () => {
  house.tell(decision({ source: "voice" }));
  const read = house.connection.sendMessagePromise;
  let answer = (): void => undefined;
  const wait = new Promise<void>((resolve) => {
    answer = resolve;
  });
  house.connection.sendMessagePromise = async (message) => {
    await wait;
    return read(message);
  };
  await follow({ source: "voice", refused: false });
  house.connection.sendMessagePromise = read;
  await follow({ source: "touch", refused: false });
  answer();
  await settle();
  expect(log.events).toEqual([]);
});

test("what was taken away follows nothing", async () => {
  await follow();
  log.hostDisconnected();
  await settle();
  expect(house.feeds.size).toBe(0);
});

test("a log that cannot be followed says why, and is followed when it can be", async () => {
  const subscribe = house.connection.subscribeMessage;
  const refused = async (trouble: unknown) => {
    house.connection.subscribeMessage = async () => {
      throw trouble;
    };
    await settle(15_000);
  };
  await refused({ code: "not_found", message: "No mirror" });
  await follow();
  expect(log.trouble).toBe("");
  await refused({ code: "cannot_connect", message: "Redis does not answer." });
  expect(log.trouble).toBe("Redis does not answer.");
  house.connection.subscribeMessage = subscribe;
  house.tell(decision());
  await settle(15_000);
  expect(log).toMatchObject({ trouble: "", read: true });
});

test("what fails without a sentence is told as what it is", async () => {
  house.connection.sendMessagePromise = () => Promise.reject(3);
  await follow();
  expect(log.trouble).toBe("3");
});

test("a failure of what is not asked for any more is not told", async () => {
  let fail = (): void => undefined;
  house.connection.sendMessagePromise = () =>
    new Promise((_, reject) => {
      fail = () => reject({ message: "Too late" });
    });
  await follow();
  const late = fail;
  await follow({ source: "touch", refused: false });
  late();
  await settle();
  expect(log.trouble).toBe("");
});
