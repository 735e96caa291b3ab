/** When the mirror is dark, and how dark. Plain functions; times in milliseconds. */

export type Level = "awake" | "dim" | "blank";

/** What a household has settled, as custom_components/mira/display_settings.py keeps it. */
export interface Comfort {
  /** Minutes without anybody until it dims, and until it is black; none, or 0: never. */
  dim_after?: number;
  blank_after?: number;
  /** Percent of the light that is left while it is dimmed. */
  dimmed?: number;
  /** Entities that are on while somebody is there. */
  presence?: string[];
  /** Night by the clock, such as 22:30 to 06:30. */
  night?: { from: string; to: string };
  /** Night by the light: a sensor, and the lux below which it is dark. */
  light?: { entity: string; below: number };
  /** What the mirror is like at night when nobody has used it for a minute. */
  at_night?: Level;
  night_colours?: "none" | "amber" | "red";
  /** Off: the picture stays in its place. */
  pixel_shift?: boolean;
}

/** What is known of the room. */
export interface Room {
  /** When somebody was last there. */
  seen: number;
  /** Whether a sensor says that somebody is there. */
  there: boolean;
  /** Whether it is night. */
  night: boolean;
}

const MINUTE = 60_000;
const LEVELS: readonly Level[] = ["awake", "dim", "blank"];
/** Percent of light that is left where nothing else is settled: read from near, not from the bed. */
const DIMMED = 35;
/** A room is light again only well above where it became dark: else a cloud would have the mirror flicker. */
const LIGHT_AGAIN = 1.5;

/** How dark the mirror is now. */
export function levelAt(now: number, { seen, there, night }: Room, comfort: Comfort): Level {
  const idle = now - seen;
  const alone = there ? 0 : idle;
  const after = (minutes: number | undefined) => Boolean(minutes) && alone >= Number(minutes) * MINUTE;
  const absent: Level = after(comfort.blank_after) ? "blank" : after(comfort.dim_after) ? "dim" : "awake";
  const resting: Level = night && idle >= MINUTE ? (comfort.at_night ?? "dim") : "awake";
  return LEVELS.indexOf(absent) > LEVELS.indexOf(resting) ? absent : resting;
}

/** How much black lies over the mirror, 0 to 1. */
export function shadeOf(level: Level, { dimmed = DIMMED }: Comfort): number {
  return level === "awake" ? 0 : level === "blank" ? 1 : 1 - dimmed / 100;
}

/** Whether it is night: by the clock or by the light, whichever says so. `minute`: of the day; `before`: a moment ago. */
export function isNight(
  minute: number,
  lux: number | null,
  { night, light }: Comfort,
  before: boolean,
): boolean {
  if (night) {
    const [from, to] = [minuteIn(night.from), minuteIn(night.to)];
    if (from <= to ? minute >= from && minute < to : minute >= from || minute < to) return true;
  }
  return light !== undefined && lux !== null && lux < light.below * (before ? LIGHT_AGAIN : 1);
}

function minuteIn(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return 60 * hours + minutes;
}

/** Steps to each side of where the picture belongs. */
const REACH = 2;

/** How far the picture is moved in this minute, in steps right and down: next to where it was, through a small square. */
export function shiftAt(minute: number): { x: number; y: number } {
  const wide = 2 * REACH + 1;
  const round = 2 * wide * wide;
  const step = minute % round;
  const place = step < wide * wide ? step : round - 1 - step; // there and back
  const row = Math.floor(place / wide);
  const column = place % wide;
  return { x: (row % 2 ? wide - 1 - column : column) - REACH, y: row - REACH };
}

/** The colours of the night: little of what keeps people awake. */
export const NIGHT_COLOURS = {
  amber: { bright: "#ffb347", soft: "#e39a36", warning: "#ffd27a", problem: "#ff9a76" },
  red: { bright: "#ff5a4d", soft: "#e04a3f", warning: "#ff8a5c", problem: "#ffa79b" },
} as const;
