/** Hands over what a camera sees: whether, and along which lines. */
import type { LiveHand } from "../protocol.ts";

/** `auto`: over what the mirror's own camera sees, and nothing else. */
export const OVERLAYS = ["auto", "always", "never"] as const;

export type Overlay = (typeof OVERLAYS)[number];

/** Whether this entity sees what the mirror's camera sees; without one there is nothing else. `watched`: the one that it is. */
export function isOwn(entity: string, overlay: Overlay, watched: string | null | undefined): boolean {
  return !entity || entity === watched || overlay === "always";
}

/** Whether hands are drawn over it. */
export function isOverlaid(entity: string, overlay: Overlay, watched: string | null | undefined): boolean {
  return isOwn(entity, overlay, watched) && (!entity || overlay !== "never");
}

/** The landmarks that a bone joins to the one before: fingers, and the knuckles from one to the other. */
const BONES = [
  [0, 1, 2, 3, 4],
  [0, 5, 6, 7, 8],
  [9, 10, 11, 12],
  [13, 14, 15, 16],
  [0, 17, 18, 19, 20],
  [5, 9, 13, 17],
];

type Landmarks = NonNullable<LiveHand["landmarks"]>;

/** The bones of these hands as an SVG path, in shares of the picture. */
export function bones(hands: readonly LiveHand[]): string {
  const line = (landmarks: Landmarks, bone: number[]) =>
    `M${bone.map((joint) => landmarks[joint]?.join(" ")).join("L")}`;
  return known(hands)
    .flatMap((landmarks) => BONES.map((bone) => line(landmarks, bone)))
    .join("");
}

/** Their joints: lines without a length, which round ends make dots. */
export function joints(hands: readonly LiveHand[]): string {
  return known(hands)
    .flatMap((landmarks) => landmarks.map((joint) => `M${joint.join(" ")}h0`))
    .join("");
}

function known(hands: readonly LiveHand[]): Landmarks[] {
  return hands.flatMap(({ landmarks }) => (landmarks?.length === 21 ? [landmarks] : []));
}
