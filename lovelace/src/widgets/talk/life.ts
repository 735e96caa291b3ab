/** What moves of a face while it is shown: plain functions of a time in ms, alike for the same time. */
import type { Face } from "./face.ts";

/** Between two frames of what moves, and between two breaths' steps: each frame costs, and what is so slow needs few. */
const FRAME_MS = 40;
const BREATH_FRAME_MS = 250;
const SPEECH_FRAME_MS = 80;

/** How long one emotion takes to become another; the first frame is that far on its way. */
const CHANGE_MS = 240;
const AHEAD_MS = 40;

const BLINK = { every: 4_300, takes: 160, salt: 1 };
const LOOK = { every: 2_900, takes: 120, salt: 2 };
const BREATH_MS = 4_500;

/** What is added to a face at rest. */
export interface Life {
  /** How far both eyes are shut, and where they look. */
  shut: number;
  x: number;
  y: number;
  /** By how much the head is lower. */
  down: number;
}

export const STILL: Life = { shut: 0, x: 0, y: 0, down: 0 };

export function lifeAt(now: number): Life {
  const blink = momentOf(BLINK, now);
  const look = momentOf(LOOK, now);
  const from = lookedAt(look.turn - 1);
  const to = lookedAt(look.turn);
  const far = eased(look.far);
  return {
    // Lids fall faster than they rise.
    shut: Math.min(blink.far / 0.4, (1 - blink.far) / 0.6),
    x: from[0] + (to[0] - from[0]) * far,
    y: from[1] + (to[1] - from[1]) * far,
    down: Math.sin((2 * Math.PI * now) / BREATH_MS),
  };
}

/** Milliseconds until the next frame that differs. */
export function restAt(now: number): number {
  const moments = [momentOf(BLINK, now), momentOf(LOOK, now)];
  if (moments.some(({ begins, far }) => begins <= 0 && far < 1)) return FRAME_MS;
  return Math.min(BREATH_FRAME_MS, ...moments.map(({ begins, over }) => (begins > 0 ? begins : over)));
}

/** How far a change that began then has come: 0 to 1. Already its first frame shows it. */
export function changedBy(since: number): number {
  return eased((since + AHEAD_MS) / CHANGE_MS);
}

/** Milliseconds until the next frame of a face that changes, or speaks. */
export function paceOf(changes: boolean, speaks: boolean): number {
  return changes ? FRAME_MS : speaks ? SPEECH_FRAME_MS : Number.POSITIVE_INFINITY;
}

/** How far the mouth of somebody who speaks is open, where nobody says how loud it is: 0 to 1. */
export function babbleAt(now: number): number {
  const words = Math.sin(now / 70) + Math.sin(now / 113 + 1) + Math.sin(now / 430 + 2);
  return Math.min(1, Math.max(0, 0.35 + 0.35 * words));
}

/** A face that lives, and speaks this loudly (0 to 1). */
export function living(face: Face, { shut, x, y }: Life, loud: number): Face {
  const spoken = face.gape + (Math.max(0.75, face.gape) - face.gape) * loud;
  return {
    ...face,
    open: face.open * (1 - shut),
    x: face.x + x,
    y: face.y + y,
    gape: spoken,
    width: face.width + (Math.max(0.3, face.width) - face.width) * loud,
  };
}

/** What happens once in a while, each time at another moment: in which turn it is, in how many ms it begins and the turn is over, how far it is. */
function momentOf({ every, takes, salt }: typeof BLINK, now: number) {
  const turn = Math.floor(now / every);
  const begins = turn * every + chance(turn, salt) * (every - takes) - now;
  return { turn, begins, over: (turn + 1) * every - now, far: Math.min(1, Math.max(0, -begins / takes)) };
}

/** Where it looks in a turn: mostly ahead. */
function lookedAt(turn: number): readonly [x: number, y: number] {
  if (chance(turn, 3) < 0.5) return [0, 0];
  return [chance(turn, 4) - 0.5, 0.5 * (chance(turn, 5) - 0.5)];
}

/** A number from 0 to 1 that nobody foresees, the same for the same turn. */
function chance(turn: number, salt: number): number {
  const mixed = Math.sin(turn * 127.1 + salt * 311.7) * 43_758.5453;
  return mixed - Math.floor(mixed);
}

function eased(far: number): number {
  const rest = 1 - Math.min(1, Math.max(0, far));
  return 1 - rest ** 3;
}
