import type { WidgetSettings } from "../widget.ts";

export interface CalendarOptions {
  /** Those of all calendars where none is named. */
  entities?: string[];
  days?: number;
  count?: number;
}

export default {
  defaults: { entities: [], days: 7, count: 4 },
  schema: [
    { name: "entities", selector: { entity: { domain: "calendar", multiple: true } } },
    { name: "days", selector: { number: { min: 1, max: 31, mode: "box" } } },
    { name: "count", selector: { number: { min: 1, max: 20, mode: "box" } } },
  ],
  alone: { days: 31, count: 20 },
  finds: ["calendar"],
} satisfies WidgetSettings<CalendarOptions>;
