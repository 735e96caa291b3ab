import type { TouchCommand } from "../homeassistant.ts";

/** What a touch asks for; `key` names what waits for the decision. */
export interface AskedFor {
  key: string;
  command: TouchCommand;
}

export const ASKED_FOR = "mira-asked-for";

/** A PIN was tapped (`detail`: its digits), or the pad is not wanted any more (`detail`: null). */
export const PIN_TAPPED = "mira-pin-tapped";

/** Somebody wants to know why: the id of the command (`detail`), or that it is enough (null). */
export const LOOKED_AT = "mira-looked-at";

/** Shows why a command was decided as it was; null leads back to the mirror's own page. */
export function lookAt(element: HTMLElement, detail: string | null): void {
  element.dispatchEvent(new CustomEvent(LOOKED_AT, { detail, bubbles: true, composed: true }));
}

/** Something has come that somebody shall see. */
export const NEWS = "mira-news";

/** Wakes a glass that is dimmed or black. */
export function wake(element: HTMLElement): void {
  element.dispatchEvent(new CustomEvent(NEWS, { bubbles: true, composed: true }));
}

/** Somebody wants to give the PIN. */
export const PAD_WANTED = "mira-pad-wanted";

/** Shows the pad for the PIN. */
export function wantPad(element: HTMLElement): void {
  element.dispatchEvent(new CustomEvent(PAD_WANTED, { bubbles: true, composed: true }));
}

/** Tells the panel of a touch: it sends the command and shows what was decided. */
export function askFor(element: HTMLElement, key: string, command: TouchCommand): void {
  const detail: AskedFor = { key, command };
  element.dispatchEvent(new CustomEvent(ASKED_FOR, { detail, bubbles: true, composed: true }));
}
