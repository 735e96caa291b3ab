import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CardConfig, LoadedCard, MiraCard } from "../src/cards/card.ts";
import { shell } from "../src/cards/shell.ts";
import type { HomeAssistant } from "../src/homeassistant.ts";

type Shell = HTMLElement & {
  hass: HomeAssistant;
  setConfig(config: CardConfig): void;
  getCardSize(): number;
  getGridOptions(): object;
};

const GRID = { columns: 12, min_columns: 6, rows: "auto" } as const;
const config = (title = "Hall") => ({ type: "custom:test-card", title });
const hass = { language: "en" } as HomeAssistant;
let number = 0;
let load: () => Promise<LoadedCard>;

const card: LoadedCard = {
  create: () => document.createElement("div") as unknown as MiraCard,
  form: {},
  stub: () => ({}),
  check: ({ title }) => {
    if (title === "wrong") throw new Error("The title has to be another.");
  },
};

/** A card that no page has loaded yet. */
function fresh(): Shell {
  number += 1;
  const file = async () => ({ default: () => load() });
  customElements.define(`test-shell-${number}`, shell({ load: file, grid: GRID, domains: [] }));
  return document.createElement(`test-shell-${number}`) as Shell;
}

beforeEach(() => {
  vi.useFakeTimers();
  load = async () => card;
});

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);
const drawn = (one: Shell) => one.firstElementChild as MiraCard | null;

test("a card is loaded when it is first drawn, and has then what it was given before", async () => {
  const one = fresh();
  one.setConfig(config());
  one.hass = hass;
  document.body.append(one);
  expect(drawn(one)).toBeNull();
  await settle();
  expect(drawn(one)).toMatchObject({ config: config(), hass });
  expect([one.getCardSize(), one.getGridOptions()]).toEqual([4, GRID]);
});

test("its options change without another card in its place, also where it hangs anew", async () => {
  const one = fresh();
  document.body.append(one);
  await settle();
  one.setConfig(config());
  const first = drawn(one);
  one.remove();
  document.body.append(one);
  one.setConfig(config("Bath"));
  await settle();
  expect(drawn(one)).toBe(first);
  expect(first).toMatchObject({ config: config("Bath") });
});

test("options that are known to be wrong only when it is loaded have Home Assistant make it anew", async () => {
  const one = fresh();
  const rebuilt = vi.fn();
  one.addEventListener("ll-rebuild", rebuilt);
  one.setConfig(config("wrong"));
  document.body.append(one);
  await settle();
  expect(rebuilt).toHaveBeenCalledTimes(1);
  expect(() => one.setConfig(config("wrong"))).toThrow("The title has to be another.");
});

test("a card that cannot be loaded says so and is tried again, while anybody wants it", async () => {
  load = vi.fn().mockRejectedValueOnce(new Error("Failed to fetch")).mockResolvedValue(card);
  const one = fresh();
  one.setConfig(config());
  document.body.append(one);
  await settle();
  expect(one.textContent).toContain("could not be loaded");
  await settle(10_000);
  expect(drawn(one)).toMatchObject({ config: config() });
});

test("what was taken away meanwhile is not tried again", async () => {
  load = vi.fn().mockRejectedValue(new Error("Failed to fetch"));
  const one = fresh();
  document.body.append(one);
  await settle();
  one.remove();
  await settle(10_000);
  expect(load).toHaveBeenCalledTimes(1);
});
