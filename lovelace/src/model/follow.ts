/** How far a page goes along with a hand that swipes. */
import type { LiveHand } from "../protocol.ts";

/** How far the pages go with a hand. */
export interface Follow {
  /** Percent of the glass's width, to the person's right. */
  offset: number;
  /** This movement has turned the page: they wait for the hand to rest. */
  spent: boolean;
}

export const AT_REST: Follow = { offset: 0, spent: false };

/** Palm lengths that are no movement yet: more than a hand trembles. */
const SLACK = 0.4;
/** Percent of the glass's width for each palm length, and at most: a page turns after 1.5 palm lengths. */
const [PACE, FURTHEST] = [4, 10];

/** How far the pages go with these hands; only along, and only with the hand that went furthest. */
export function followed(before: Follow, hands: readonly LiveHand[]): Follow {
  const travel = hands.reduce((most, hand) => (reach(hand) > Math.abs(most) ? hand.travel_x : most), 0);
  const beyond = Math.abs(travel) - SLACK;
  if (beyond <= 0) return AT_REST;
  if (before.spent) return before;
  return { offset: Math.sign(travel) * Math.min(FURTHEST, beyond * PACE), spent: false };
}

/** Palm lengths along; none where the hand goes up or down. */
function reach({ travel_x, travel_y }: LiveHand): number {
  return Math.abs(travel_x) > Math.abs(travel_y) ? Math.abs(travel_x) : 0;
}
