import type { ReactiveControllerHost } from "lit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Attention } from "../src/attention.ts";

const host = { addController: vi.fn(), requestUpdate: vi.fn() };
let attention: Attention;

beforeEach(() => {
  vi.useFakeTimers();
  attention = new Attention(host as unknown as ReactiveControllerHost);
  attention.hostConnected();
});

afterEach(() => {
  attention.hostDisconnected();
  vi.useRealTimers();
});

test("who goes on moving sees the cursor and the way out, which are drawn once", () => {
  window.dispatchEvent(new Event("pointermove"));
  vi.advanceTimersByTime(2_000);
  window.dispatchEvent(new Event("pointermove"));
  vi.advanceTimersByTime(2_000);
  expect(attention).toMatchObject({ cursor: true, wayOut: true });
  expect(host.requestUpdate).toHaveBeenCalledTimes(1);
});

test("the cursor goes first, then the way out", () => {
  window.dispatchEvent(new Event("keydown"));
  vi.advanceTimersByTime(3_000);
  expect(attention).toMatchObject({ cursor: false, wayOut: true });
  vi.advanceTimersByTime(3_000);
  expect(attention).toMatchObject({ cursor: false, wayOut: false });
});
