/** What a household has settled about its display, as custom_components/mira/display_settings.py keeps it. */

import type { Comfort } from "./comfort.ts";

export const REGIONS = [
  "top_left",
  "top_right",
  "middle",
  "bottom_left",
  "bottom_right",
  "bottom_bar",
] as const;

export type Region = (typeof REGIONS)[number];

/** A widget with its options; those that are not given have their defaults. */
export interface WidgetConfig {
  type: string;
  [option: string]: unknown;
}

export type Layout = Partial<Record<Region, WidgetConfig[]>>;

/** How a screen hangs. */
export type Orientation = "portrait" | "landscape";

/** When the mirror has a face: never, while it is talked to, or always. */
export type FaceMode = "off" | "talking" | "always";

export interface Settings {
  version?: number;
  /** A display sees it for itself: for what shows the mirror elsewhere. */
  orientation?: Orientation;
  /** Inches from corner to corner, and metres from there to the eyes. */
  size?: { diagonal: number; distance: number };
  pages?: Record<string, Layout>;
  comfort?: Comfort;
  /** Whether guests see nothing of the household while the PIN guards it. */
  guest?: boolean;
  /** Whether what is said at the mirror stands on the glass: Home Assistant leaves it out by itself. */
  words?: boolean;
  face?: FaceMode;
}

/** Before the mirror has said which page it shows. */
export const FIRST: Layout = { top_left: [{ type: "clock" }] };

const HOME: Layout = {
  top_left: [{ type: "clock" }, { type: "calendar" }],
  top_right: [{ type: "weather" }, { type: "people" }],
  bottom_left: [{ type: "todos" }],
  bottom_right: [{ type: "media" }],
  bottom_bar: [{ type: "hint" }],
};

/** By widget, its options on a page that shows it alone. */
export type Alone = ReadonlyMap<string, { alone?: object }>;

/** A page that is named after a widget shows it alone; others look like home. */
function defaultLayout(page: string, widgets: Alone): Layout {
  const widget = widgets.get(page);
  if (!widget) return HOME;
  const alone: Layout = { middle: [{ type: page, ...widget.alone }] };
  return page === "clock" ? alone : { top_left: [{ type: "clock", size: "small" }], ...alone };
}

/** What is where on a page. `widgets`: those that there are. */
export function layoutOf(page: string, settings: Settings, widgets: Alone): Layout {
  return settings.pages?.[page] ?? defaultLayout(page, widgets);
}

/** Whether a page leaves the middle to one thing, and not to the face. */
export function isFull(layout: Layout): boolean {
  return Boolean(layout.middle?.length);
}

/** Capitals of 11.6 mm are read from 2 m; in Roboto, capitals are 0.711 of the text's size. */
const TEXT_MM_PER_METRE = 11.6 / 0.711 / 2;
const TEXT_UNITS = 5.5; // hundredths of the shorter side: styles.ts
const [SMALLEST, LARGEST] = [0.3, 1.25];
const TOUCH_MM = 9;
/**
 * A mirror that was not told its size is read from a metre. It is taken for one of 24 inches; where it has fewer pixels
 * than those have, for a smaller one, of 96 pixels an inch. On that, text takes no more room than on 15 inches: whoever
 * has a smaller one is nearer.
 */
const [USUAL_DIAGONAL, USUAL_DISTANCE, USUAL_PIXELS, USUAL_LARGEST] = [24, 1, 96, 0.76];

/** How large things have to be on a glass. */
export interface GlassScale {
  /** Of text: how much larger than on the mirror for which the sizes were made: 24 inches, upright, from 2 m. */
  scale: number;
  /** Pixels that a finger needs. */
  touch: number;
}

/** Within what the layout bears: a mirror that is too small for its distance gets as much as fits. */
export function glassScale(size: Settings["size"], width: number, height: number): GlassScale {
  const pixels = Math.max(1, Math.hypot(width, height));
  const usual = { diagonal: Math.min(USUAL_DIAGONAL, pixels / USUAL_PIXELS), distance: USUAL_DISTANCE };
  const { diagonal, distance } = { ...usual, ...size };
  const millimetre = pixels / (diagonal * 25.4);
  const text = TEXT_MM_PER_METRE * distance * millimetre;
  const scale = text / ((TEXT_UNITS / 100) * Math.max(1, Math.min(width, height)));
  const most = size ? LARGEST : USUAL_LARGEST;
  return { scale: Math.min(most, Math.max(SMALLEST, scale)), touch: TOUCH_MM * millimetre };
}
