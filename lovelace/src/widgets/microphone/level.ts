/** How loud it is at the microphones, as it is drawn: plain functions. */
import type { LiveLevels } from "../../protocol.ts";

/** The bar, in dB of full scale: a quiet room is near its start, somebody who calls is at its end. */
const SOFTEST = -75;
const LOUDEST = -10;

export interface Meter {
  microphone: string;
  /** In dB of full scale, as they are written. */
  level: string;
  noise: string;
  /** Of the bar: 0 to 1. */
  filled: number;
  mark: number;
}

/** A meter for each microphone that is measured. */
export function metersOf(live: LiveLevels): Meter[] {
  return Object.entries(live.levels).map(([microphone, [level, noise]]) => ({
    microphone,
    level: written(level),
    noise: written(noise),
    filled: part(level),
    mark: part(noise),
  }));
}

function written(db: number): string {
  return String(Math.round(db)).replace("-", "−");
}

function part(db: number): number {
  return Math.min(1, Math.max(0, (db - SOFTEST) / (LOUDEST - SOFTEST)));
}
