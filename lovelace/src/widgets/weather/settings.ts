import type { WidgetSettings } from "../widget.ts";

export interface WeatherOptions {
  /** The first that there is where none is named. */
  entity?: string;
  forecast?: "daily" | "hourly" | "none";
  count?: number;
}

export default {
  defaults: { entity: "", forecast: "daily", count: 3 },
  schema: [
    { name: "entity", selector: { entity: { domain: "weather" } } },
    {
      name: "forecast",
      selector: { select: { options: ["daily", "hourly", "none"], translation_key: "forecast" } },
    },
    { name: "count", selector: { number: { min: 1, max: 8, mode: "box" } } },
  ],
  alone: { count: 8 },
  finds: ["weather"],
  forGuests: true,
} satisfies WidgetSettings<WeatherOptions>;
