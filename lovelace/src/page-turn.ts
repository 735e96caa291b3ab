const FADE = { duration: 220, easing: "cubic-bezier(0.2, 0, 0, 1)" } as const;
const DISTANCE = 6; // percent of a widget's width
const LONGEST_FRAME = 50;

/** Whether anything may, and can, be seen to turn; else the page is another at once. */
export function canTurn(): boolean {
  const reduced = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  return !reduced && "animate" in Element.prototype;
}

/**
 * One page turns into another: what only the old one has fades away where it hung, while what only the new one has
 * appears; what both have stays. The new page is hung in steps and out of sight: on a slow computer all of it at once
 * would hold the frames up.
 */
export class PageTurn {
  readonly leaving: HTMLElement[];
  readonly #arriving: HTMLElement[];
  readonly #kept: [HTMLElement, DOMRect][];
  #animations: Animation[] = [];

  /** `old`, `next`: what hangs on the glass; `sign`: where the new page comes from, 1 for the right. */
  constructor(
    glass: HTMLElement,
    old: readonly HTMLElement[],
    next: readonly HTMLElement[],
    readonly sign: number,
  ) {
    this.#kept = old.filter((one) => next.includes(one)).map((one) => [one, one.getBoundingClientRect()]);
    this.leaving = old.filter((one) => !next.includes(one));
    this.#arriving = next.filter((one) => !old.includes(one));
    const { left, top } = glass.getBoundingClientRect();
    const places = this.leaving.map((one) => one.getBoundingClientRect());
    for (const [index, one] of this.leaving.entries()) freeze(one, places[index] as DOMRect, left, top);
    for (const one of this.#arriving) one.toggleAttribute("arriving", true);
  }

  /** Hangs the new page, lets both be seen for as long as they change, and leaves the new one: `leave` takes the old one away. */
  async run(changes: Iterable<() => Promise<unknown>>, leave: () => Promise<unknown>): Promise<void> {
    try {
      for (const change of changes) {
        await change();
        await drawn();
      }
      this.#fade();
      // Not until the animations are finished: while the screen sleeps they never are.
      await pause(FADE.duration);
    } finally {
      await leave();
      for (const one of this.leaving) thaw(one);
      await drawn();
      for (const one of this.#arriving) one.removeAttribute("arriving");
      for (const animation of this.#animations) animation.cancel();
    }
  }

  #fade(): void {
    const aside = (sign: number) => ({ opacity: 0, transform: `translateX(${sign * DISTANCE}%)` });
    const there = { opacity: 1, transform: "none" };
    for (const [one, before] of this.#kept) {
      const from = way(one, before);
      if (from) one.animate([{ transform: from }, { transform: "none" }], FADE);
    }
    const filled = { ...FADE, fill: "forwards" } as const;
    this.#animations = [
      ...this.leaving.map((one) => one.animate([there, aside(-this.sign)], filled)),
      ...this.#arriving.map((one) => one.animate([aside(this.sign), there], filled)),
    ];
  }
}

/** From where a widget that is kept comes to its new place, and how much larger it was; a list only moves. */
function way(one: HTMLElement, before: DOMRect): string | null {
  const after = one.getBoundingClientRect();
  const [x, y] = [before.left - after.left, before.top - after.top];
  const list = one.shadowRoot?.querySelector(".rows");
  const scale = list || after.height === 0 ? 1 : before.height / after.height;
  if (x === 0 && y === 0 && scale === 1) return null;
  return `translate(${x}px, ${y}px) scale(${scale})`;
}

const FROZEN = ["position", "left", "top", "width", "height", "translate", "transition"] as const;

/** Lets it hang where it is, whatever the layout does. */
function freeze(one: HTMLElement, place: DOMRect, left: number, top: number): void {
  one.toggleAttribute("leaving", true);
  const [width, height] = [`${place.width}px`, `${place.height}px`];
  const corner = { left: `${place.left - left}px`, top: `${place.top - top}px` };
  Object.assign(one.style, {
    position: "absolute",
    ...corner,
    width,
    height,
    translate: "none",
    transition: "none",
  });
}

function thaw(one: HTMLElement): void {
  one.removeAttribute("leaving");
  for (const name of FROZEN) one.style[name] = "";
}

/**
 * Until what was changed has been drawn, and there is time for more: each change has a frame of its own, and where that
 * took all of its time the next one, too. While the screen sleeps nothing is drawn.
 */
export function drawn(): Promise<unknown> {
  const idle = () => new Promise<void>((then) => whenIdle(() => then(), { timeout: LONGEST_FRAME }));
  return Promise.race([new Promise(requestAnimationFrame).then(idle), pause(LONGEST_FRAME)]);
}

/** Where the browser cannot tell when it has nothing to do: once the frame is drawn. */
const whenIdle: typeof requestIdleCallback =
  window.requestIdleCallback?.bind(window) ?? ((then: () => void) => setTimeout(then));

function pause(ms: number): Promise<unknown> {
  return new Promise((over) => setTimeout(over, ms));
}

/** 1 where the pages turn forward, -1 where they turn back: after the last comes the first. */
export function turnDirection(pages: string[], from: string, to: string): 1 | -1 {
  const distance = pages.indexOf(to) - pages.indexOf(from);
  if (pages.length > 2 && Math.abs(distance) === pages.length - 1) return distance < 0 ? 1 : -1;
  return distance < 0 ? -1 : 1;
}
