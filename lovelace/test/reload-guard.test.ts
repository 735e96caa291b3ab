import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { guardReloads } from "../src/reload-guard.ts";

const answers: (() => Promise<{ ok: boolean }>)[] = [];
const location = { pathname: "/mira", reload: vi.fn(), replace: vi.fn() };
let navigation: EventTarget;

function navigate(fields: Record<string, unknown> = {}): Event {
  const event = new Event("navigate", { cancelable: true });
  const destination = { url: "http://home/auth/authorize", sameDocument: false };
  navigation.dispatchEvent(
    Object.assign(event, { navigationType: "replace", userInitiated: false, destination, ...fields }),
  );
  return event;
}

const refused = async () => Promise.reject(new TypeError("Failed to fetch"));
const missing = async () => ({ ok: false });
const there = async () => ({ ok: true });

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  navigation = new EventTarget();
  location.pathname = "/mira";
  answers.length = 0;
  const fetch = () => (answers.shift() ?? there)();
  guardReloads({ navigation, location, fetch } as unknown as Window);
});
afterEach(() => vi.useRealTimers());

test("the page is loaded anew once Home Assistant serves it", async () => {
  answers.push(refused, missing, there);
  expect(navigate({ navigationType: "reload" }).defaultPrevented).toBe(true);
  await vi.advanceTimersByTimeAsync(1_900);
  expect(location.reload).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  expect(location.reload).toHaveBeenCalledOnce();
  expect(navigate({ navigationType: "reload" }).defaultPrevented).toBe(false);
});

test("another page of Home Assistant's is gone to, and only once", async () => {
  navigate();
  navigate({ navigationType: "reload" });
  await vi.runAllTimersAsync();
  expect(location.replace).toHaveBeenCalledExactlyOnceWith("http://home/auth/authorize");
  expect(location.reload).not.toHaveBeenCalled();
});

test.each([
  ["a person", { userInitiated: true }],
  ["who stays in the page", { destination: { url: "http://home/mira#top", sameDocument: true } }],
])("%s is not held up", (_, fields) => {
  expect(navigate(fields).defaultPrevented).toBe(false);
});

test("other pages of Home Assistant's are their own matter", () => {
  location.pathname = "/config/dashboard";
  expect(navigate().defaultPrevented).toBe(false);
});
