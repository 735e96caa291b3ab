import type { ReactiveController, ReactiveControllerHost } from "lit";
import { LOOKED_AT } from "./components/command.ts";
import type { Layout } from "./model/settings.ts";

/** Without a touch the mirror's own page is back after this. */
const LEFT_MS = 60_000;

/** Somebody asks why: for a while the log is in the place of the page. The mirror itself turns no page for that. */
export class TemporaryLog implements ReactiveController {
  /** The id of the command that is looked up; null: nobody asks. */
  about: string | null = null;
  #left: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly host: ReactiveControllerHost & EventTarget) {
    host.addController(this);
    host.addEventListener(LOOKED_AT, (event) => this.#look((event as CustomEvent<string | null>).detail));
    host.addEventListener("pointerdown", () => this.#stay());
  }

  /** What hangs where meanwhile. */
  get layout(): Layout | null {
    if (this.about === null) return null;
    return { top_left: [{ type: "clock", size: "small" }], middle: [{ type: "log", about: this.about }] };
  }

  hostDisconnected(): void {
    clearTimeout(this.#left);
    this.about = null;
  }

  /** The mirror has turned the page. */
  end(): void {
    if (this.about !== null) this.#look(null);
  }

  #look(about: string | null): void {
    this.about = about;
    this.#stay();
    this.host.requestUpdate();
  }

  #stay(): void {
    clearTimeout(this.#left);
    if (this.about !== null) this.#left = setTimeout(() => this.#look(null), LEFT_MS);
  }
}
