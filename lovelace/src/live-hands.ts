import type { Live, LiveHand } from "./protocol.ts";

/** Whoever hears nothing for so long sees no hand: docs/protocol. */
const GONE_MS = 1_000;

/** The hands that the camera sees now, for what follows them on the glass. */
export class LiveHands {
  hands: readonly LiveHand[] = [];
  readonly #followers = new Set<() => void>();
  #gone: ReturnType<typeof setTimeout> | undefined;

  take({ hands }: Live): void {
    clearTimeout(this.#gone);
    if (hands.length > 0) this.#gone = setTimeout(() => this.lose(), GONE_MS);
    this.#show(hands);
  }

  /** Nothing is known of hands any more. */
  lose(): void {
    clearTimeout(this.#gone);
    this.#show([]);
  }

  /** Calls back with each change, until what is returned is called. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  #show(hands: readonly LiveHand[]): void {
    this.hands = hands;
    for (const follower of this.#followers) follower();
  }
}
