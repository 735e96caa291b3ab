import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  document.body.append(document.createElement("home-assistant"));
});

afterEach(() => document.body.replaceChildren());

/** Home Assistant has replaced the registry, and defines its own element. */
async function ready(): Promise<void> {
  if (!customElements.get("home-assistant")) {
    customElements.define("home-assistant", class extends HTMLElement {});
  }
  await new Promise((resolve) => setTimeout(resolve));
}

test("elements that were defined before Home Assistant replaces the registry would be lost, so they wait", async () => {
  const loading = Promise.all([import("../src/index.ts"), import("../src/dashboard.ts")]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(["mira-panel", "mira-todo-card"].map((name) => customElements.get(name))).toEqual([
    undefined,
    undefined,
  ]);
  await ready();
  await loading;
  expect(customElements.get("mira-panel")).toBeTruthy();
  expect(customElements.get("mira-todo-card")).toBeTruthy();
});

test("a page that loads the cards twice has them twice in its lists, and each element once", async () => {
  await ready();
  await import("../src/dashboard.ts");
  await ready();
  const card = customElements.get("mira-todo-card");
  vi.resetModules();
  await import("../src/dashboard.ts");
  await ready();
  expect(customElements.get("mira-todo-card")).toBe(card);
});
