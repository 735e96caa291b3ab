import type { LiveHand } from "../protocol.ts";

/** The hands that hold a pose which would count, left one first, as they are in the mirror. */
export function holding(hands: readonly LiveHand[]): LiveHand[] {
  return hands.filter((hand) => hand.pose !== null && hand.hold_ms > 0).sort((a, b) => a.x - b.x);
}

/** How much of the time a pose has been held, 0 to 1. */
export function share({ held_ms, hold_ms }: LiveHand): number {
  return Math.min(1, Math.max(0, held_ms / hold_ms));
}
