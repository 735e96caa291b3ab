/**
 * A widget is seen whole or not at all. Where the rows of the layout leave a region less than its widgets need, it gets
 * that much from the others; where there is not enough for all, the lower ones give way. What is cut through all the same
 * is hidden. A list needs nothing: it hides the rows that do not fit, and nothing else (fit-rows.ts).
 */
const ROWS = { top: ".top_left, .top_right", bottom: ".bottom_left, .bottom_right" } as const;

type Row = keyof typeof ROWS;

export class Whole {
  readonly #size = new ResizeObserver(() => this.look());

  /** `panel`: the regions are in its shadow, and below them the dots of the pages. */
  constructor(readonly panel: HTMLElement) {}

  /** Follows what hangs there now. */
  follow(): void {
    for (const region of this.#all(".region")) {
      for (const one of [region, ...region.children]) this.#size.observe(one);
    }
    this.look();
  }

  leave(): void {
    this.#size.disconnect();
  }

  look(): void {
    const rows = Object.keys(ROWS) as Row[];
    for (const row of rows) this.#give(row, 0);
    for (const row of rows) this.#give(row, Math.max(0, ...this.#all(ROWS[row]).map(lacked)));
    for (const row of rows.reverse()) if (this.#overflows()) this.#give(row, 0);
    for (const region of this.#all(".region")) {
      const { top, bottom } = region.getBoundingClientRect();
      for (const widget of region.children) {
        const box = widget.getBoundingClientRect();
        widget.toggleAttribute("cut", box.height > 0 && (box.top < top - 1 || box.bottom > bottom + 1));
      }
    }
  }

  #give(row: Row, pixels: number): void {
    if (pixels > 0) this.panel.style.setProperty(`--${row}-needs`, `${pixels}px`);
    else this.panel.style.removeProperty(`--${row}-needs`);
  }

  /** Whether what is at the bottom of the glass is beyond it. */
  #overflows(): boolean {
    const [dots] = this.#all(".dots");
    return dots !== undefined && dots.getBoundingClientRect().bottom > window.innerHeight;
  }

  #all(selector: string): HTMLElement[] {
    return [...(this.panel.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])];
  }
}

/** The height of the row, in px, in which a region's widgets are whole, but for lists; 0 where they are already. */
function lacked(region: HTMLElement): number {
  const widgets = [...region.children].filter((widget) => height(widget) > 0);
  const solid = widgets.filter((widget) => !widget.shadowRoot?.querySelector(".rows"));
  const { rowGap, paddingTop, marginBottom } = getComputedStyle(region);
  const gaps = widgets.indexOf(solid.at(-1) as Element) * Number.parseFloat(rowGap);
  const needed = solid.reduce((sum, widget) => sum + height(widget), gaps + Number.parseFloat(paddingTop));
  return solid.length > 0 && needed > height(region) + 1 ? needed + Number.parseFloat(marginBottom) : 0;
}

function height(element: Element): number {
  return element.getBoundingClientRect().height;
}
