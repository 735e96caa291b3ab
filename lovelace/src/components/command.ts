import type { TouchCommand } from "../homeassistant.ts";

/** What a touch asks for; `key` names what waits for the decision. */
export interface AskedFor {
  key: string;
  command: TouchCommand;
}

export const ASKED_FOR = "mira-asked-for";

/** Tells the panel of a touch: it sends the command and shows what was decided. */
export function askFor(element: HTMLElement, key: string, command: TouchCommand): void {
  const detail: AskedFor = { key, command };
  element.dispatchEvent(new CustomEvent(ASKED_FOR, { detail, bubbles: true, composed: true }));
}
