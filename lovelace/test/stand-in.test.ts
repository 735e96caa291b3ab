import { LitElement } from "lit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StandIn } from "../src/stand-in.ts";

class Panel extends LitElement {
  protected standIn = new StandIn(this);
}
customElements.define("test-panel", Panel);

const home = document.createElement("div");
const panels = () => [...document.querySelectorAll("test-panel")];

/** Home Assistant shows its panel. */
function shown(): Panel {
  const panel = new Panel();
  home.append(panel);
  return panel;
}

async function takenAway(panel: Panel): Promise<void> {
  panel.remove();
  await Promise.resolve();
}

beforeEach(() => {
  vi.useFakeTimers();
  window.history.replaceState(null, "", "http://localhost:3000/mira");
  document.body.append(home);
});
afterEach(() => {
  window.dispatchEvent(new Event("location-changed"));
  document.body.replaceChildren();
  home.replaceChildren();
  vi.useRealTimers();
});

test("a panel that is taken away stays until it is back", async () => {
  const before = shown();
  await takenAway(before);
  expect(before.parentElement).toBe(document.body);
  const after = shown();
  await Promise.resolve();
  expect(panels()).toEqual([after]);
});

test("each time it is taken away", async () => {
  await takenAway(shown());
  const second = shown();
  await takenAway(second);
  expect(panels()).toEqual([second]);
});

test("it does not stay for ever", async () => {
  await takenAway(shown());
  await vi.advanceTimersByTimeAsync(121_000);
  expect(panels()).toEqual([]);
});

test("it is gone as soon as somebody looks at something else", async () => {
  await takenAway(shown());
  window.dispatchEvent(new Event("location-changed"));
  expect(panels()).toEqual([]);
});

test("a panel that was left is left", async () => {
  const panel = shown();
  window.history.replaceState(null, "", "http://localhost:3000/lovelace");
  await takenAway(panel);
  expect(panels()).toEqual([]);
});
