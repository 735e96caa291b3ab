import type { LiveHand } from "../protocol.ts";
import { holding } from "./hands.ts";

/** A place in some plane. */
export interface Spot {
  x: number;
  y: number;
}

/** The hand whose finger points, where that would count. */
export function pointing(hands: readonly LiveHand[]): LiveHand | undefined {
  return holding(hands).find((hand) => hand.pose === "pointing_up");
}

/** The part of the camera's picture in which a hand is held with ease, in width and in height. */
const [FROM, TO] = [0.25, 0.75];

/** Which of these spots a hand in the camera's picture points at: they are spread over the part of it that is easy to reach. */
export function nearest(hand: Spot, spots: readonly Spot[]): number {
  const along = (axis: "x" | "y") => {
    const places = spots.map((spot) => spot[axis]);
    const [low, high] = [Math.min(...places), Math.max(...places)];
    const reached = Math.min(1, Math.max(0, (hand[axis] - FROM) / (TO - FROM)));
    return (spot: Spot) => (high > low ? (spot[axis] - low) / (high - low) - reached : 0);
  };
  const [across, down] = [along("x"), along("y")];
  const distances = spots.map((spot) => Math.hypot(across(spot), down(spot)));
  return distances.indexOf(Math.min(...distances));
}
