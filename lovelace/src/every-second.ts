import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Draws its element anew each second, for as long as it is on the glass: for what is counted down. */
export class EverySecond implements ReactiveController {
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#timer = setInterval(() => this.host.requestUpdate(), 1_000);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
  }
}
