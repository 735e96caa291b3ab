/**
 * A widget is seen whole or not at all. Each row of the layout has the height at least that its widgets need; where
 * there is not enough for all, the hint gives way, then the lists above, then what is lower. What is cut through all the
 * same is hidden. A list needs its first rows at most (fit-rows.ts): it hides those that do not fit.
 */
const ROWS = { top: ".top_left, .top_right", bottom: ".bottom_left, .bottom_right" } as const;

type Row = keyof typeof ROWS;

export class Whole {
  readonly #size = new ResizeObserver(() => this.look());

  /** `panel`: the regions are in its shadow, and below them the foot of the page. */
  constructor(readonly panel: HTMLElement) {}

  /** Follows what hangs there now: whatever becomes larger or smaller is looked at before it is painted. */
  follow(): void {
    for (const region of this.#all(".region")) {
      for (const one of [region, ...region.children]) this.#size.observe(one);
    }
  }

  leave(): void {
    this.#size.disconnect();
  }

  /** Not while a page is being hung. */
  look(): void {
    if (this.panel.hasAttribute("hanging")) return;
    const rows = Object.keys(ROWS) as Row[];
    const needs = rows.map((row) => [row, Math.max(0, ...this.#all(ROWS[row]).map(needed))] as const);
    this.panel.removeAttribute("crowded");
    for (const [row, pixels] of needs) this.#give(row, pixels);
    if (this.#overflows()) this.panel.setAttribute("crowded", "");
    for (const row of rows.reverse()) if (this.#overflows()) this.#give(row, 0);
    for (const region of this.#all(".region")) {
      const { top, bottom } = region.getBoundingClientRect();
      for (const widget of region.querySelectorAll(":scope > :not([leaving])")) {
        const box = widget.getBoundingClientRect();
        widget.toggleAttribute("cut", box.height > 0 && (box.top < top - 1 || box.bottom > bottom + 1));
      }
    }
  }

  #give(row: Row, pixels: number): void {
    const [name, value] = [`--${row}-needs`, `${pixels}px`];
    // What is set has everything placed anew, also where it is the same.
    if (this.panel.style.getPropertyValue(name) !== value) this.panel.style.setProperty(name, value);
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
