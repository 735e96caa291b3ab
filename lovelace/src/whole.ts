import { NEEDS } from "./fit-rows.ts";
import { setProperty } from "./set-property.ts";

/**
 * A widget is seen whole or not at all. Each row of the layout has the height at least that its widgets need; where
 * there is not enough for all, the hint gives way and the clock is smaller, then the lists above, then what is lower.
 * What is cut through all the same is hidden. A list needs its first rows at most (fit-rows.ts): it hides those that do not fit.
 */
const ROWS = { top: ".top_left, .top_right", bottom: ".bottom_left, .bottom_right" } as const;

type Row = keyof typeof ROWS;

// The grid alone has them: what hangs in it is not styled anew where they change.
for (const row of Object.keys(ROWS))
  globalThis.CSS?.registerProperty?.({ name: `--${row}-needs`, syntax: "*", inherits: false });

export class Whole {
  readonly #size = new ResizeObserver(() => this.look());

  /** `panel`: the regions are in its shadow, and below them the foot of the page. */
  constructor(readonly panel: HTMLElement) {
    panel.addEventListener(NEEDS, () => this.look());
  }

  /** Follows what hangs there now: whatever becomes larger or smaller is looked at before it is painted. */
  follow(): void {
    for (const region of this.#all(".region, .under")) {
      for (const one of [region, ...region.children]) this.#size.observe(one);
    }
  }

  leave(): void {
    this.#size.disconnect();
  }

  /** Not while a page is being hung. */
  look(): void {
    if (this.panel.hasAttribute("hanging")) return;
    this.panel.removeAttribute("crowded");
    this.#giveAll();
    if (this.#overflows()) {
      this.panel.setAttribute("crowded", "");
      this.#giveAll();
    }
    for (const row of ["bottom", "top"] as const) if (this.#overflows()) this.#give(row, 0);
    for (const region of this.#all(".region")) {
      const { top, bottom } = region.getBoundingClientRect();
      for (const widget of region.querySelectorAll(":scope > :not([leaving])")) {
        const box = widget.getBoundingClientRect();
        widget.toggleAttribute("cut", box.height > 0 && (box.top < top - 1 || box.bottom > bottom + 1));
      }
    }
  }

  /** All are measured before one is given anything: that has everything placed anew. */
  #giveAll(): void {
    const rows = Object.keys(ROWS) as Row[];
    const needs = rows.map((row) => [row, Math.max(0, ...this.#all(ROWS[row]).map(needed))] as const);
    for (const [row, pixels] of needs) this.#give(row, pixels);
  }

  #give(row: Row, pixels: number): void {
    for (const glass of this.#all(".glass")) setProperty(glass, `--${row}-needs`, `${pixels}px`);
  }

  /** Whether what is at the bottom of the glass is beyond it. */
  #overflows(): boolean {
    const [foot] = this.#all(".foot");
    return foot !== undefined && foot.getBoundingClientRect().bottom > window.innerHeight;
  }

  #all(selector: string): HTMLElement[] {
    return [...(this.panel.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])];
  }
}

/** The height of the row, in px, in which a region shows what it has to. */
function needed(region: HTMLElement): number {
  const least = ([...region.children] as HTMLElement[]).map(leastOf);
  const last = least.findLastIndex((pixels) => pixels > 0);
  const { display, rowGap, marginBottom } = getComputedStyle(region);
  const gaps = least
    .slice(0, last)
    .filter((_, place) => height(region.children[place] as Element) > 0).length;
  const all = least.reduce((sum, pixels) => sum + pixels, gaps * Number.parseFloat(rowGap));
  return last < 0 || display === "none" ? 0 : all + Number.parseFloat(marginBottom);
}

/** All of a widget, but of a list its first rows; nothing of what is leaving. */
function leastOf(widget: HTMLElement): number {
  if (widget.hasAttribute("leaving")) return 0;
  return widget.shadowRoot?.querySelector(".rows") ? Number(widget.dataset.least ?? 0) : height(widget);
}

function height(element: Element): number {
  return element.getBoundingClientRect().height;
}
