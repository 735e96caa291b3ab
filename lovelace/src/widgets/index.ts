/** Every folder here is a widget of that name, or what a subject of that name shows on every page. It registers itself by being there: nothing lists them. */
import MiraClock from "./clock/widget.ts";
import type { MiraWidget, WidgetSettings } from "./widget.ts";

type WidgetElement = new () => MiraWidget;

const elements = byFolder<() => Promise<WidgetElement>>(
  import.meta.glob<WidgetElement>(["./*/widget.ts", "!./clock/widget.ts"], { import: "default" }),
);

/** What subjects show on every page, by subject: it registers itself, too. */
const overlays = byFolder<() => Promise<WidgetElement>>(
  import.meta.glob<WidgetElement>("./*/overlay.ts", { import: "default" }),
);

/** The subjects that show something on every page. */
export const OVERLAYS: readonly string[] = [...overlays.keys()];

/** What is known of each before it is loaded. */
export const widgetSettings = byFolder<WidgetSettings>(
  import.meta.glob<WidgetSettings>("./*/settings.ts", { eager: true, import: "default" }),
);

export const WIDGET_TYPES: readonly string[] = [...widgetSettings.keys()];

/** Of what widgets find the entities themselves. */
export const FOUND_DOMAINS: ReadonlySet<string> = new Set(
  [...widgetSettings.values()].flatMap(({ finds = [] }) => finds),
);

/** The element of a type; rejects while it cannot be loaded. The clock is on nearly every page, and there at once. */
export async function widgetElement(type: string): Promise<WidgetElement> {
  const load = elements.get(type) ?? overlays.get(type);
  return load ? load() : (MiraClock as WidgetElement);
}

/** `./clock/widget.ts` is about `clock`. */
function byFolder<T>(files: Record<string, T>): ReadonlyMap<string, T> {
  return new Map(Object.entries(files).map(([path, file]) => [path.split("/")[1] as string, file]));
}
