/**
 * Common touch panels send each tap twice, 30 to 400 ms apart; and nobody reads, and taps, what has been there for less.
 * A click by a key, or by a program for people who cannot tap, has no `detail`: it is always meant.
 */
const AGAIN_MS = 400;
/** Share of the window's shorter side: closer together, two taps are at one place. A row of a list is twice as high. */
const PLACE = 0.04;

/** Lets what is in this element take no second tap at the same place. */
export function guardTaps(host: HTMLElement): void {
  let last: MouseEvent | undefined;
  const look = (tap: MouseEvent) => {
    if (tap.detail === 0) return;
    const near = PLACE * Math.min(window.innerWidth, window.innerHeight);
    const apart = last ? Math.hypot(tap.clientX - last.clientX, tap.clientY - last.clientY) : near;
    if (last && apart < near && isEarly(tap, last.timeStamp)) tap.stopImmediatePropagation();
    else last = tap;
  };
  host.addEventListener("click", look, true);
}

/** Whether a tap came so soon after this moment (`performance.now()`) that it cannot be meant for what came then. */
export function isEarly(
  { detail, timeStamp }: Pick<UIEvent, "detail" | "timeStamp">,
  since: number,
): boolean {
  return detail > 0 && timeStamp - since <= AGAIN_MS;
}
