/** What scenes are made of: dev/scenes.ts has those of the whole glass, each widget its own in its folder. */
import type { House } from "./house.ts";

/** Changes a house that shows a usual morning, and waits until that is seen. */
export type Scene = (house: House) => void | Promise<void>;

/** Taps on these, one after the other, where there is a display. */
export async function tap(...hooks: string[]): Promise<void> {
  for (const hook of hooks) {
    find(hook, document)?.click();
    await new Promise((drawn) => setTimeout(drawn, 20));
  }
}

/** Waits for a widget that no other page has, where there is a display. */
export async function loaded(name: string): Promise<void> {
  if (document.querySelector("mira-panel")) await customElements.whenDefined(name);
}

/** Waits for what is loaded when it is needed, where there is a display. */
export async function appear(hook: string, attribute = "data-test"): Promise<void> {
  if (!document.querySelector("mira-panel")) return;
  for (let wait = 0; wait < 100 && !find(hook, document, attribute); wait += 1) {
    await new Promise((drawn) => setTimeout(drawn, 20));
  }
}

export function find(hook: string, root: ParentNode, attribute = "data-test"): HTMLElement | undefined {
  const inside = [...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => shadowRoot ?? []);
  const here = root.querySelector<HTMLElement>(`[${attribute}="${hook}"]`);
  return here ?? inside.map((shadow) => find(hook, shadow, attribute)).find(Boolean);
}
