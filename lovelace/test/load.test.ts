import type { ReactiveControllerHost } from "lit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { load, Parts } from "../src/load.ts";

const host = { requestUpdate: vi.fn() };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Fails so many times, and is then there. */
function failing(times: number): () => Promise<string> {
  return vi.fn(async () => {
    times -= 1;
    if (times >= 0) throw new Error("Failed to fetch");
    return "there";
  });
}

test("a part that cannot be loaded is tried again, less and less often", async () => {
  const part = failing(6);
  const told: boolean[] = [];
  const there = load(part, (fails) => told.push(fails));
  for (const [seconds, tries] of [
    [0, 1],
    [1, 2],
    [2, 3],
    [5, 4],
    [10, 5],
    [30, 6],
  ] as const) {
    await vi.advanceTimersByTimeAsync(seconds * 1_000);
    expect(part).toHaveBeenCalledTimes(tries);
  }
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await there).toBe("there");
  expect(told).toEqual([true, true, true, true, true, true, false]);
});

test("while something is missing that is known, and no longer", async () => {
  const parts = new Parts(host as unknown as ReactiveControllerHost);
  const there = parts.load("log", failing(1));
  await vi.advanceTimersByTimeAsync(0);
  expect(parts.failing).toBe(true);
  await vi.advanceTimersByTimeAsync(1_000);
  expect([await there, parts.failing]).toEqual(["there", false]);
});

test("the settings are loaded when they are opened", async () => {
  vi.useRealTimers();
  const parts = new Parts(host as unknown as ReactiveControllerHost);
  expect(parts.ready("settings")).toBe(false);
  await vi.waitFor(() => expect(parts.ready("settings")).toBe(true), 5_000);
});
