/** A panel in a test, and what is on it. Time is made up: nothing happens until it passes. */
import { vi } from "vitest";
import type { House } from "../dev/house.ts";
import "../src/index.ts";
import type { MiraPanel } from "../src/panel.ts";
import { logTextsOf, settingsTextsOf, textsOf } from "../src/texts.ts";
import { WIDGET_TYPES, widgetElement } from "../src/widgets/index.ts";

/** Loads what the display loads when it is needed: in a test it shall be there at once. */
export async function loaded(): Promise<void> {
  await Promise.all([
    import("../src/components/comfort.ts"),
    import("../src/components/guest.ts"),
    textsOf("en"),
    logTextsOf("en"),
    settingsTextsOf("en"),
    import("../src/components/notices.ts"),
    import("../src/components/pin-pad.ts"),
    import("../src/components/question.ts"),
    ...WIDGET_TYPES.map(widgetElement),
  ]);
}

export const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

export class Glass {
  readonly panel = document.createElement("mira-panel") as MiraPanel;

  constructor(readonly house: House) {
    this.panel.hass = house.hass();
    house.changed = () => {
      this.panel.hass = house.hass();
    };
  }

  /** Hangs it, and waits for what is loaded after the first view. */
  async hang(): Promise<void> {
    document.body.append(this.panel);
    await settle(1_000);
  }

  /** All elements with a test hook, through every shadow root. */
  all(hook: string, root: ParentNode = this.panel.renderRoot as ShadowRoot): HTMLElement[] {
    const here = [...root.querySelectorAll<HTMLElement>(`[data-test="${hook}"]`)];
    const inside = [...root.querySelectorAll("*")].flatMap((element) =>
      element.shadowRoot ? this.all(hook, element.shadowRoot) : [],
    );
    return [...here, ...inside];
  }

  one(hook: string): HTMLElement {
    const [found, ...more] = this.all(hook);
    if (!found || more.length > 0) throw new Error(`${more.length + (found ? 1 : 0)} elements are ${hook}`);
    return found;
  }

  words(hook: string): string | undefined {
    return this.one(hook).textContent?.replace(/\s+/g, " ").trim();
  }

  async tap(hook: string): Promise<void> {
    this.one(hook).click();
    await settle();
  }

  /** Everything that is in the page, through every shadow root. */
  text(root: ParentNode = this.panel.renderRoot as ShadowRoot): string {
    const inside = [...root.querySelectorAll("*")].map((element) =>
      element.shadowRoot ? this.text(element.shadowRoot) : "",
    );
    return `${(root as ShadowRoot).innerHTML} ${inside.join(" ")}`;
  }
}
