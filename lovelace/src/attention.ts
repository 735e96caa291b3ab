import type { ReactiveController, ReactiveControllerHost } from "lit";

const CURSOR_MS = 3_000;
const CLOSE_MS = 6_000;
const SIGNS_OF_LIFE = ["pointermove", "pointerdown", "keydown"] as const;

/** Whether somebody uses a mouse, a finger or a key: then the cursor and the way out are shown. */
export class Attention implements ReactiveController {
  cursor = false;
  wayOut = false;
  #cursorTimer: ReturnType<typeof setTimeout> | undefined;
  #wayOutTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {
    for (const name of SIGNS_OF_LIFE) window.addEventListener(name, this.#notice, { passive: true });
  }

  hostDisconnected(): void {
    for (const name of SIGNS_OF_LIFE) window.removeEventListener(name, this.#notice);
    clearTimeout(this.#cursorTimer);
    clearTimeout(this.#wayOutTimer);
  }

  #notice = (): void => {
    clearTimeout(this.#cursorTimer);
    clearTimeout(this.#wayOutTimer);
    this.#cursorTimer = setTimeout(() => this.#show(false, this.wayOut), CURSOR_MS);
    this.#wayOutTimer = setTimeout(() => this.#show(false, false), CLOSE_MS);
    this.#show(true, true);
  };

  #show(cursor: boolean, wayOut: boolean): void {
    if (cursor === this.cursor && wayOut === this.wayOut) return;
    this.cursor = cursor;
    this.wayOut = wayOut;
    this.host.requestUpdate();
  }
}
