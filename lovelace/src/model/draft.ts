/** The display's settings while somebody changes them: plain functions. */
import { type Layout, REGIONS, type Region, type Settings, type WidgetConfig } from "./settings.ts";

/** What is to be changed, as `mira/display/configure` takes it: null goes back to the default. */
export interface Changes {
  size?: Partial<NonNullable<Settings["size"]>> | null;
  orientation?: Settings["orientation"] | null;
  pages?: Record<string, Layout | null>;
  comfort?: Settings["comfort"] | null;
  guest?: boolean | null;
  words?: boolean | null;
  face?: Settings["face"] | null;
}

/** Where a widget hangs. */
export interface Place {
  region: Region;
  index: number;
}

/** The settings as they would be. */
export function settled(settings: Settings, changes: Changes): Settings {
  const pages = { ...settings.pages, ...changes.pages };
  const given = Object.entries({ ...settings, ...changes, pages }).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(given), pages: known(pages) };
}

function known(pages: Record<string, Layout | null>): Record<string, Layout> {
  return Object.fromEntries(
    Object.entries(pages).flatMap(([page, layout]) => (layout === null ? [] : [[page, layout] as const])),
  );
}

export function added(layout: Layout, region: Region, widget: WidgetConfig): Layout {
  return { ...layout, [region]: [...(layout[region] ?? []), widget] };
}

export function removed(layout: Layout, { region, index }: Place): Layout {
  return { ...layout, [region]: (layout[region] ?? []).filter((_, place) => place !== index) };
}

export function replaced(layout: Layout, { region, index }: Place, widget: WidgetConfig): Layout {
  return {
    ...layout,
    [region]: (layout[region] ?? []).map((one, place) => (place === index ? widget : one)),
  };
}

/** One place up or down; from the end of a region into the next one. */
export function moved(layout: Layout, { region, index }: Place, by: -1 | 1): Layout {
  const widgets = layout[region] ?? [];
  const widget = widgets[index];
  if (!widget) return layout;
  const here = widgets.filter((_, place) => place !== index);
  const rest = { ...layout, [region]: here };
  const to = index + by;
  if (to >= 0 && to <= here.length) {
    return { ...rest, [region]: [...here.slice(0, to), widget, ...here.slice(to)] };
  }
  const next = REGIONS[REGIONS.indexOf(region) + by];
  if (!next) return layout;
  const there = rest[next] ?? [];
  return { ...rest, [next]: by > 0 ? [widget, ...there] : [...there, widget] };
}

/** Of these options those that are not as they would be anyway. */
export function given(
  options: Record<string, unknown>,
  defaults: Record<string, unknown>,
): Record<string, unknown> {
  const says = (value: unknown) => value !== undefined && value !== null && String(value) !== "";
  const differs = ([name, value]: [string, unknown]) =>
    says(value) && JSON.stringify(value) !== JSON.stringify(defaults[name]);
  return Object.fromEntries(Object.entries(options).filter(differs));
}
