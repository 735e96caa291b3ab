import clock from "./clock.ts";
import type { WidgetFile } from "./widget.ts";

/** Every widget by its type; custom_components/mira/display_settings.py names the same, with their options. */
export const widgets = {
  clock: async () => ({ default: clock }), // on nearly every page, and at once
  todos: () => import("./todos.ts"),
  calendar: () => import("./calendar.ts"),
  weather: () => import("./weather.ts"),
  people: () => import("./people.ts"),
  media: () => import("./media.ts"),
  entities: () => import("./entities.ts"),
  camera: () => import("./camera.ts"),
  log: () => import("./log.ts"),
  hint: () => import("./hint.ts"),
} satisfies Record<string, () => Promise<{ default: unknown }>>;

export type WidgetType = keyof typeof widgets;

export const WIDGET_TYPES = Object.keys(widgets) as readonly WidgetType[];

/** The file of a type; rejects while it cannot be loaded. */
export async function widgetFile(type: WidgetType): Promise<WidgetFile> {
  return (await widgets[type]()).default as unknown as WidgetFile;
}
