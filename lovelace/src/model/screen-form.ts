/** A mirror's screen as fields of a form: people measure in centimetres or inches; kept are inches and metres. */
import type { HomeAssistant } from "../homeassistant.ts";
import type { FormField } from "../widgets/widget.ts";
import type { Changes } from "./draft.ts";
import type { Orientation, Settings } from "./settings.ts";

export type LengthUnit = "cm" | "in";

export interface ScreenFields {
  diagonal?: number;
  distance?: number;
  orientation?: Orientation;
}

/** How much of a unit one inch of diagonal and one metre of distance are. */
const PER_KEPT: Record<LengthUnit, { diagonal: number; distance: number }> = {
  cm: { diagonal: 2.54, distance: 100 },
  in: { diagonal: 1, distance: 100 / 2.54 },
};

/** What custom_components/mira/display_settings.py takes, in inches and metres. */
const RANGES = { diagonal: [5, 120], distance: [0.3, 10] } as const;

const LENGTHS = ["diagonal", "distance"] as const;

/** As Home Assistant measures. */
export function lengthUnit({ config }: Pick<HomeAssistant, "config">): LengthUnit {
  return config?.unit_system?.length === "mi" ? "in" : "cm";
}

export function screenSchema(unit: LengthUnit): FormField[] {
  const lengths = LENGTHS.map((name) => {
    const [least, most] = RANGES[name].map((kept) => kept * PER_KEPT[unit][name]) as [number, number];
    const range = { min: Math.ceil(least), max: Math.floor(most), step: 0.1 };
    return { name, selector: { number: { ...range, unit_of_measurement: unit, mode: "box" } } };
  });
  return [...lengths, { name: "orientation", selector: { select: { options: ["portrait", "landscape"] } } }];
}

/** What is settled, in this unit. */
export function screenFields({ size, orientation }: Settings, unit: LengthUnit): ScreenFields {
  const lengths = LENGTHS.flatMap((name) => {
    const kept = size?.[name];
    return kept === undefined ? [] : [[name, rounded(kept * PER_KEPT[unit][name], 1)]];
  });
  return { ...Object.fromEntries(lengths), ...(orientation ? { orientation } : {}) };
}

/**
 * What such fields change; a length that nobody touched stays to the last digit. One length alone says nothing about the
 * size of text, and the integration refuses it.
 */
export function screenOf(
  fields: ScreenFields,
  settings: Settings,
  unit: LengthUnit,
): Pick<Changes, "size" | "orientation"> {
  const shown = screenFields(settings, unit);
  const lengths = LENGTHS.flatMap((name) => {
    const value = fields[name];
    if (!value) return [];
    return [[name, value === shown[name] ? settings.size?.[name] : rounded(value / PER_KEPT[unit][name], 3)]];
  });
  const size = lengths.length > 0 ? Object.fromEntries(lengths) : null;
  return {
    ...(LENGTHS.some((name) => fields[name] !== shown[name]) ? { size } : {}),
    ...(fields.orientation !== shown.orientation ? { orientation: fields.orientation || null } : {}),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
