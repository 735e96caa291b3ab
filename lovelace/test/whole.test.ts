import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NEEDS } from "../src/fit-rows.ts";
import { Whole } from "../src/whole.ts";

/** What a grid would do: heights of the regions' rows by what they need at least. */
let room: Record<string, number>;
let foot: number;
let observed = (): void => undefined;
const disconnect = vi.fn();

const panel = document.createElement("div");
const root = panel.attachShadow({ mode: "open" });
const whole = () => new Whole(panel);
const glass = Object.assign(document.createElement("div"), { className: "glass" });
const needs = (row: string) => Number.parseFloat(glass.style.getPropertyValue(`--${row}-needs`) || "0");
const cut = () => [...root.querySelectorAll("[cut]")].map(({ id }) => id);

/** `least`: of a list, what it has to show. */
function widget(id: string, height: number, least?: number): HTMLElement {
  const element = Object.assign(document.createElement("p"), { id });
  element.dataset.height = String(height);
  if (least !== undefined) element.attachShadow({ mode: "open" }).innerHTML = '<ul class="rows"></ul>';
  if (least) element.dataset.least = String(least);
  return element;
}

function region(name: string, ...widgets: HTMLElement[]): void {
  const element = Object.assign(document.createElement("div"), { className: `region ${name}` });
  element.append(...widgets);
  glass.append(element);
}

beforeEach(() => {
  root.append(glass);
  room = { top: 30, bottom: 30, middle: 30 };
  foot = 0;
  const Observer = class {
    disconnect = disconnect;
    constructor(told: () => void) {
      observed = told;
    }
    observe(): void {}
  };
  vi.stubGlobal("ResizeObserver", Observer);
  vi.spyOn(window, "getComputedStyle").mockReturnValue({
    rowGap: "2px",
    marginBottom: "3px",
  } as CSSStyleDeclaration);
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockImplementation(function (this: Element) {
    const rect = (top: number, height: number) => ({ top, height, bottom: top + height }) as DOMRect;
    if (this.className === "foot") {
      return rect(0, foot + needs("top") + needs("bottom") - (panel.hasAttribute("crowded") ? 5 : 0));
    }
    if (this.classList.contains("region")) {
      const row = this.className.replace(/region |_.*/g, "");
      return rect(0, Math.max(room[row] ?? 0, needs(row) - 3));
    }
    const before = [...(this.parentElement?.children ?? [])];
    const height = (element: Element) => Number((element as HTMLElement).dataset.height);
    const above = before.slice(0, before.indexOf(this)).reduce((sum, one) => sum + height(one) + 2, 1);
    return rect(above, height(this));
  });
});

afterEach(() => {
  glass.replaceChildren();
  glass.removeAttribute("style");
  panel.removeAttribute("style");
  vi.unstubAllGlobals();
});

test("a clock gets the height that it needs from the lists, and nothing is hidden", () => {
  region("top_left", widget("clock", 40), widget("calendar", 0, 0));
  whole().follow();
  observed();
  expect([needs("top"), needs("bottom"), cut()]).toEqual([43, 0, []]);
});

test("a list needs nothing beside what is whole", () => {
  region("top_left", widget("clock", 20));
  region("bottom_left", widget("todos", 300, 0));
  whole().follow();
  observed();
  expect([needs("top"), needs("bottom")]).toEqual([23, 0]);
});

test("where there is not enough for all, music is hidden rather than cut, and then the clock rather than the signs", () => {
  region("top_left", widget("clock", 40));
  region("bottom_right", widget("music", 50));
  region("middle", widget("hint", 40));
  glass.append(Object.assign(document.createElement("div"), { className: "foot" }));
  foot = window.innerHeight - 60;
  const kept = whole();
  kept.follow();
  observed();
  expect([needs("top"), needs("bottom"), cut()]).toEqual([43, 0, ["music", "hint"]]);
  expect(panel.hasAttribute("crowded")).toBe(true);
  foot = window.innerHeight - 10;
  observed();
  expect([needs("top"), needs("bottom"), cut()]).toEqual([0, 0, ["clock", "music", "hint"]]);
  kept.leave();
  expect(disconnect).toHaveBeenCalledOnce();
});

test("the hint makes room for the first rows of the todos", () => {
  region("top_left", widget("clock", 20));
  region("bottom_left", widget("todos", 300, 40));
  glass.append(Object.assign(document.createElement("div"), { className: "foot" }));
  foot = window.innerHeight - 66;
  whole().look();
  expect([needs("bottom"), panel.hasAttribute("crowded")]).toEqual([43, false]);
  foot += 3;
  whole().look();
  expect([needs("bottom"), panel.hasAttribute("crowded")]).toEqual([43, true]);
});

test("a list whose first rows have become higher gets more at once", () => {
  const todos = widget("todos", 300, 40);
  region("bottom_left", todos);
  whole().look();
  todos.dataset.least = "50";
  todos.dispatchEvent(new Event(NEEDS, { bubbles: true, composed: true }));
  expect(needs("bottom")).toBe(53);
});

test("what is leaving with its page needs nothing", () => {
  region("bottom_left", widget("todos", 300, 40));
  root.querySelector("#todos")?.toggleAttribute("leaving", true);
  whole().look();
  expect(needs("bottom")).toBe(0);
});

test("what is not there now needs nothing", () => {
  region("bottom_left", widget("todos", 300, 40));
  vi.mocked(window.getComputedStyle).mockReturnValue({ display: "none" } as CSSStyleDeclaration);
  whole().look();
  expect(needs("bottom")).toBe(0);
});

test("while a page is being hung, nothing is looked at", () => {
  region("top_left", widget("clock", 40));
  panel.setAttribute("hanging", "");
  whole().look();
  expect(needs("top")).toBe(0);
  panel.removeAttribute("hanging");
});

test("two widgets need the gap between them, too", () => {
  region("bottom_right", widget("music", 20), widget("hint", 20));
  whole().follow();
  observed();
  expect(needs("bottom")).toBe(45);
});

test("a panel without a shadow has nothing to see", () => {
  const bare = document.createElement("div");
  new Whole(bare).look();
  expect(bare.hasAttribute("crowded")).toBe(false);
});
