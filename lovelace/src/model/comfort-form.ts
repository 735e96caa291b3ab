/** The comfort settings as fields that stand beside each other in a form. */
import type { Comfort } from "./comfort.ts";
import { type Changes, given } from "./draft.ts";
import type { FaceMode, Settings } from "./settings.ts";

export type ComfortFields = Omit<Comfort, "night" | "light"> & {
  night_from?: string;
  night_to?: string;
  light_entity?: string;
  light_below?: number;
  guest?: boolean;
  words?: boolean;
  face?: FaceMode;
};

/** What they are where nothing is settled. */
export const COMFORT_DEFAULTS = {
  dimmed: 35,
  at_night: "dim",
  night_colours: "none",
  pixel_shift: true,
  guest: false,
  words: true,
  face: "talking",
} satisfies ComfortFields;

/** What is settled, and the defaults for the rest. */
export function comfortFields({ comfort = {}, guest, words, face }: Settings): ComfortFields {
  const { night, light, ...rest } = comfort;
  return {
    ...COMFORT_DEFAULTS,
    ...rest,
    ...(night ? { night_from: night.from, night_to: night.to } : {}),
    ...(light ? { light_entity: light.entity, light_below: light.below } : {}),
    ...given({ guest, words, face }, COMFORT_DEFAULTS),
  };
}

/** What such fields settle; null where that is nothing. A night has an end, and a light a threshold: else they are left out. */
export function comfortOf(fields: ComfortFields): Pick<Changes, "comfort" | "guest" | "words" | "face"> {
  const { night_from, night_to, light_entity, light_below, guest, words, face, ...rest } = fields;
  const comfort: Comfort = given(rest, COMFORT_DEFAULTS);
  if (night_from && night_to) comfort.night = { from: minutes(night_from), to: minutes(night_to) };
  if (light_entity && light_below !== undefined) comfort.light = { entity: light_entity, below: light_below };
  return {
    comfort: Object.keys(comfort).length > 0 ? comfort : null,
    guest: guest || null,
    words: words === false ? false : null,
    face: face && face !== COMFORT_DEFAULTS.face ? face : null,
  };
}

/** A time of day without its seconds. */
function minutes(time: string): string {
  return time.split(":").slice(0, 2).join(":");
}
