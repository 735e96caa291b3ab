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
  let labelled: EventTarget | null | undefined;
  const look = (tap: MouseEvent) => {
    const [target] = tap.composedPath();
    const label = tap.composedPath().find((element) => element instanceof HTMLLabelElement);
    // A label hands a tap on to its control, such as a switch of Home Assistant's forms: that is no second one.
    const handedOn = target === labelled;
    labelled = label?.control === target ? null : label?.control;
    if (tap.detail === 0 || handedOn) return;
    const near = PLACE * Math.min(window.innerWidth, window.innerHeight);
    const apart = last ? Math.hypot(tap.clientX - last.clientX, tap.clientY - last.clientY) : near;
    if (last && apart < near && isEarly(tap, last.timeStamp)) {
      tap.stopImmediatePropagation();
      tap.preventDefault(); // or a label would still hand it on
    } else last = tap;
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
