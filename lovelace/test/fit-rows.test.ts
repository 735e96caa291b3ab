import { html, LitElement } from "lit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FitRows } from "../src/fit-rows.ts";

const ROW = 10;
let height = 35;
let columns = "";
let at = "";
let observed = (): void => undefined;

class Rows extends LitElement {
  fit = new FitRows(this, undefined, 3);
  protected override render() {
    const rows = [1, 2, 3, 4, 5].map((row) => html`<li class="row">${row}</li>`);
    return html`<ul class="rows">${rows}</ul>${this.hasAttribute("short") ? "" : html`<p class="rest"></p>`}`;
  }
}
customElements.define("test-rows", Rows);

/** What a browser would say of the sizes. */
beforeEach(() => {
  [height, columns, at] = [35, "", ""];
  const place = (element: Element) => [...(element.parentElement?.children ?? [])].indexOf(element) * ROW;
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockImplementation(() => ROW);
  vi.spyOn(HTMLElement.prototype, "offsetTop", "get").mockImplementation(function (this: HTMLElement) {
    return place(this);
  });
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockImplementation(function (this: Element) {
    const own = this instanceof Rows ? height : ROW;
    const top =
      this.className === "rows" ? Number.parseFloat((this as HTMLElement).style.translate.slice(2)) || 0 : 0;
    return { top, bottom: own, height: own } as DOMRect;
  });
  const style = (name: string) => ({ "--columns": columns, "--rows-at": at })[name] ?? "";
  vi.spyOn(window, "getComputedStyle").mockImplementation(
    () => ({ rowGap: "normal", getPropertyValue: style }) as unknown as CSSStyleDeclaration,
  );
  const Observer = class {
    constructor(told: () => void) {
      observed = told;
    }
    /** As a browser does: it tells of each that it has begun to observe. */
    observe(): void {
      queueMicrotask(observed);
    }
    disconnect(): void {}
  };
  vi.stubGlobal("ResizeObserver", Observer);
});

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

async function hung(...attributes: string[]): Promise<Rows> {
  const rows = document.createElement("test-rows") as Rows;
  for (const name of attributes) rows.setAttribute(name, "");
  document.body.append(rows);
  await rows.updateComplete;
  await rows.updateComplete;
  await rows.updateComplete;
  return rows;
}
const part = (rows: Rows, name: string) => rows.renderRoot.querySelector(`.${name}`) as HTMLElement;

test("as many rows as fit are shown above the line for the rest", async () => {
  const rows = await hung();
  expect(rows.fit.shown).toBe(2);
  expect(part(rows, "rest").style.insetBlock).toBe("20px auto");
});

test("where the room is another, another number fits", async () => {
  const rows = await hung();
  height = 45;
  observed();
  expect(rows.fit.shown).toBe(3);
  height = 100;
  observed();
  expect(rows.fit.shown).toBe(5);
  expect(part(rows, "rest").style.insetBlock).toBe("");
});

test("among columns the line for the rest stays at the end of the last", async () => {
  [columns, height] = ["2", 25];
  const rows = await hung();
  expect(rows.fit.shown).toBe(3);
  expect(part(rows, "rest").style.insetBlock).toBe("");
});

test("rows that belong to what is below them are moved down to it, where not all fit", async () => {
  at = "end";
  const rows = await hung();
  expect(part(rows, "rows").style.translate).toBe("0 5px");
  height = 100;
  observed();
  expect(part(rows, "rows").style.translate).toBe("0 0px");
});

test("others have to make room for the first rows, and for the line for the rest", async () => {
  expect((await hung()).dataset.least).toBe("40");
});

test("without a line for the rest the rows have all the room", async () => {
  expect((await hung("short")).fit.shown).toBe(3);
});

test("out of sight nothing has a height, and what fitted last will fit again", async () => {
  const rows = await hung();
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(0);
  height = 100;
  observed();
  expect(rows.fit.shown).toBe(2);
});

test("a tap on a row that has just moved or come under it is missed, one on a row that stayed is not", async () => {
  const rows = await hung();
  const items = () => [...rows.renderRoot.querySelectorAll<HTMLElement>(".row")];
  const missed = () =>
    items().map((row) => {
      const tap = { currentTarget: row, detail: 1, timeStamp: performance.now() + 100 };
      return rows.fit.isMissed(tap as unknown as UIEvent);
    });
  expect(missed()).toEqual([false, false, false, false, false]);
  items()[1]?.remove();
  items()[0]?.parentElement?.append(Object.assign(document.createElement("li"), { className: "row" }));
  observed();
  expect(missed()).toEqual([false, true, true, true, true]);
});

test("where not even one row fits, a line for the rest is there only where it fits itself", async () => {
  height = 15;
  const rows = await hung();
  expect([rows.fit.shown, part(rows, "rest").style.visibility]).toEqual([0, ""]);
  height = 5;
  observed();
  expect(part(rows, "rest").style.visibility).toBe("hidden");
});
