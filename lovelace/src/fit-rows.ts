import { css, type LitElement, type ReactiveController } from "lit";
import { rowsThatFit } from "./model/fit.ts";
import { isEarly } from "./taps.ts";

/** Tells that the first rows of a list need another height than before. */
export const NEEDS = "mira-needs";

/** More rows than this fit on no mirror; the rest is counted. */
export const MOST_ROWS = 40;

/**
 * Counts the rows that fit into its host: elements of class `row` in one of class `rows`. The template gives those after
 * `shown` the class `unseen`: they stay in the page, so that they can be measured and the host's natural height does not
 * depend on what fits. A line for the rest, of class `rest`, is put below what
 * is shown; among columns, at the end of the last.
 */
export class FitRows implements ReactiveController {
  shown = MOST_ROWS;
  /** Where each row was last, and when it came to be somewhere else under a finger. */
  readonly #places = new WeakMap<Element, number>();
  readonly #moved = new WeakMap<Element, number>();
  #known = false;
  /** Pixels by which the rows are moved down, towards what is below them, where not all fit. */
  #lowered = 0;
  /** Whether its size was seen since it hangs: what hangs anew is measured once, as it is drawn. */
  #seen = false;
  #size = new ResizeObserver(() => {
    this.#seen = true;
    this.#measure();
  });

  /** `all`: whether the rows in the page are all that there are; `least`: how many others have to make room for. */
  constructor(
    readonly host: LitElement,
    readonly all: () => boolean = () => true,
    readonly least = 0,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#size.observe(this.host);
  }

  hostDisconnected(): void {
    this.#size.disconnect();
    this.#seen = false;
  }

  hostUpdated(): void {
    if (this.#seen) this.#measure();
  }

  /** Whether a tap on this element was meant for a row that was in the place of its own just before. */
  isMissed(tap: UIEvent): boolean {
    const row = (tap.currentTarget as Element).closest(".row") as Element;
    return isEarly(tap, this.#moved.get(row) ?? Number.NEGATIVE_INFINITY);
  }

  #need(pixels: number): void {
    const least = String(pixels);
    if (this.host.dataset.least === least) return;
    this.host.dataset.least = least;
    this.host.dispatchEvent(new Event(NEEDS, { bubbles: true, composed: true }));
  }

  /** `top`: of the list, on the glass. Where the first rows come, there was none to be meant. */
  #follow(rows: HTMLElement[], top: number): void {
    for (const row of rows) {
      const place = top + row.offsetTop + 10 * row.offsetLeft;
      const before = this.#places.get(row) ?? (this.#known ? Number.NEGATIVE_INFINITY : place);
      if (Math.abs(place - before) > row.offsetHeight / 4) this.#moved.set(row, performance.now());
      this.#places.set(row, place);
    }
    this.#known = true;
  }

  #measure(): void {
    const root = this.host.renderRoot;
    const list = root.querySelector<HTMLElement>(".rows");
    const items = [...root.querySelectorAll<HTMLElement>(".row")];
    // Out of sight nothing has a height: what fitted last will fit again.
    if (!list || !items[0]?.offsetHeight) return;
    const style = getComputedStyle(list);
    const columns = Number.parseInt(style.getPropertyValue("--columns"), 10) || 1;
    const gap = Number.parseFloat(style.rowGap) || 0;
    const box = this.host.getBoundingClientRect();
    const height = box.bottom - list.getBoundingClientRect().top + this.#lowered;
    const rest = root.querySelector<HTMLElement>(".rest");
    const restHeight = rest?.offsetHeight ?? 0;
    const heights = items.map((item) => item.getBoundingClientRect().height);
    const shown = rowsThatFit(heights, { height: height + 1, columns, gap }, restHeight, this.all());
    const first = heights.slice(0, this.least).map((one) => one + gap);
    this.#need(first.reduce((sum, one) => sum + one, first.length && restHeight));
    const next = items[shown];
    if (rest) rest.style.visibility = restHeight > height + 1 ? "hidden" : "";
    if (rest) rest.style.insetBlock = next && columns === 1 ? `${next.offsetTop}px auto` : "";
    const atEnd = style.getPropertyValue("--rows-at") === "end" && next;
    this.#lowered = atEnd ? Math.max(0, height - next.offsetTop - restHeight) : 0;
    list.style.translate = `0 ${this.#lowered}px`;
    this.#follow(items, list.getBoundingClientRect().top);
    if (shown === this.shown) return;
    this.shown = shown;
    this.host.requestUpdate();
  }
}

/** For a widget of rows: it gives way where there is little room. */
export const rowsStyle = css`
  :host {
    position: relative;
    flex: 0 1 auto;
    min-block-size: 0;
    overflow: hidden;
  }
  .rows {
    position: relative;
    margin: 0;
    padding: 0;
    list-style: none;
    display: flex;
    flex-direction: column;
    gap: var(--row-gap, calc(1.4 * var(--u)));
  }
  .row {
    flex: none;
  }
  .unseen {
    visibility: hidden;
  }
`;
