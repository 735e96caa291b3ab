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

/**
 * How much larger text is than on the mirror for which the sizes were made: 24 inches, upright, from 2 m.
 * Within what the layout bears: a mirror that is too small for its distance gets as much as fits.
 */
export function textScale(size: Settings["size"], width: number, height: number): number {
  if (!size || width <= 0 || height <= 0) return 1;
  const millimetres = (size.diagonal * 25.4) / Math.hypot(width, height); // of one pixel
  const text = (TEXT_MM_PER_METRE * size.distance) / millimetres;
  const scale = text / ((TEXT_UNITS / 100) * Math.min(width, height));
  return Math.min(LARGEST, Math.max(SMALLEST, scale));
}
