import { AT_REST, followed } from "./model/follow.ts";
import type { LiveHand } from "./protocol.ts";

/** The pages go with the hand a little, and back when it rests: only the mirror turns them. */
export class PageFollow {
  #follow = AT_REST;

  /** `parts`: what goes with the hand. */
  constructor(readonly parts: () => Iterable<HTMLElement>) {}

  /** These are the hands now. */
  move(hands: readonly LiveHand[]): void {
    const { offset } = this.#follow;
    if (window.matchMedia?.("(prefers-reduced-motion: reduce)").matches) return;
    this.#follow = followed(this.#follow, hands);
    if (this.#follow.offset === offset) return;
    // Until the next picture of the hand is there; and back as the pages turn.
    this.#place(this.#follow.offset ? "translate 90ms linear" : "translate 240ms ease-out");
  }

  /** Another page is on the glass: the movement that turned it moves it no more, and what stays goes back. */
  turned(): void {
    this.#follow = { offset: 0, spent: true };
    this.#place("translate 240ms ease-out");
  }

  #place(transition: string): void {
    const { offset } = this.#follow;
    for (const { style } of this.parts()) {
      // Each that is set has its styles found anew, also where it is the same.
      if (style.transition !== transition) Object.assign(style, { transition, willChange: "translate" });
      style.translate = offset ? `${offset.toFixed(2)}cqi` : "";
    }
  }
}
