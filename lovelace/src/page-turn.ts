const DISTANCE = 6; // percent of the width
const LEAVE = { duration: 140, easing: "cubic-bezier(0.4, 0, 1, 1)", fill: "forwards" } as const;
const ARRIVE = { duration: 320, easing: "cubic-bezier(0, 0, 0.2, 1)" } as const;

/**
 * Slides the parts of a page away, has the page changed, and slides the new parts in. It is changed in steps, out of
 * sight: on a slow computer all of it at once would hold the frames up.
 */
export async function turnPage(
  parts: () => HTMLElement[],
  pages: string[],
  [from, to]: [from: string, to: string],
  changes: Iterable<() => Promise<unknown>>,
): Promise<void> {
  const still =
    window.matchMedia("(prefers-reduced-motion: reduce)").matches || !("animate" in Element.prototype);
  if (still) {
    for (const change of changes) await change();
    return;
  }
  const sign = turnDirection(pages, from, to) * (document.dir === "rtl" ? -1 : 1);
  const away = { opacity: 0, transform: `translateX(${-sign * DISTANCE}%)` };
  const leaving = parts().map((part) => part.animate(away, LEAVE));
  // Not until the animations are finished: while the screen sleeps they never are.
  await pause(LEAVE.duration);
  try {
    for (const change of changes) {
      await change();
      await pause(0);
    }
  } finally {
    for (const animation of leaving) animation.cancel();
  }
  for (const part of parts()) {
    part.animate(
      [
        { opacity: 0, transform: `translateX(${sign * DISTANCE}%)` },
        { opacity: 1, transform: "none" },
      ],
      ARRIVE,
    );
  }
}

function pause(ms: number): Promise<unknown> {
  return new Promise((over) => setTimeout(over, ms));
}

/** 1 where the pages turn forward, -1 where they turn back: after the last comes the first. */
export function turnDirection(pages: string[], from: string, to: string): 1 | -1 {
  const distance = pages.indexOf(to) - pages.indexOf(from);
  if (pages.length > 2 && Math.abs(distance) === pages.length - 1) return distance < 0 ? 1 : -1;
  return distance < 0 ? -1 : 1;
}
