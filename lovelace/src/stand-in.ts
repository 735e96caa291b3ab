import type { ReactiveController, ReactiveControllerHost } from "lit";
import { isDisplay } from "./which.ts";

const LONGEST_MS = 120_000;

/**
 * Keeps the panel on the glass while Home Assistant has none.
 *
 * When its pages are connected again before all its integrations are loaded, they take the panel away, and show
 * themselves, white, until it is back. The one that was taken away stays in front of them that long.
 */
export class StandIn implements ReactiveController {
  static #panel: HTMLElement | undefined;

  constructor(readonly host: ReactiveControllerHost & HTMLElement) {
    host.addController(this);
  }

  hostConnected(): void {
    if (StandIn.#panel !== this.host) this.#end();
  }

  hostDisconnected(): void {
    if (StandIn.#panel || !isDisplay(location.pathname)) return;
    StandIn.#panel = this.host;
    window.addEventListener("location-changed", this.#end, { once: true });
    setTimeout(() => StandIn.#panel === this.host && this.#end(), LONGEST_MS);
    queueMicrotask(() => document.body.append(this.host));
  }

  #end = (): void => {
    const panel = StandIn.#panel;
    panel?.remove();
    StandIn.#panel = undefined;
  };
}
