import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { LiveHands } from "./live-hands.ts";
import { AT_REST, followed } from "./model/hands.ts";

/** The pages go with the hand a little, and back when it rests: only the mirror turns them. */
export class PageFollow implements ReactiveController {
  #follow = AT_REST;
  #stop: (() => void) | undefined;

  /** `parts`: what goes with the hand; nothing while pages turn. */
  constructor(
    host: ReactiveControllerHost,
    readonly live: LiveHands,
    readonly parts: () => HTMLElement[],
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#stop = this.live.follow(() => this.#move());
  }

  hostDisconnected(): void {
    this.#stop?.();
  }

  /** Another page is on the glass: the movement that turned it moves it no more. */
  turned(): void {
    this.#follow = { offset: 0, spent: true };
    this.#place("none");
  }

  #move(): void {
    const { offset } = this.#follow;
    if (window.matchMedia?.("(prefers-reduced-motion: reduce)").matches) return;
    this.#follow = followed(this.#follow, this.live.hands);
    // Until the next picture of the hand is there; and back as the pages turn.
    if (this.#follow.offset !== offset)
      this.#place(this.#follow.offset ? "translate 90ms linear" : "translate 240ms ease-out");
  }

  #place(transition: string): void {
    const { offset } = this.#follow;
    for (const { style } of this.parts()) {
      style.transition = transition;
      style.translate = offset ? `${offset.toFixed(2)}%` : "";
    }
  }
}
