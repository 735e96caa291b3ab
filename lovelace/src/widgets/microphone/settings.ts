import type { WidgetSettings } from "../widget.ts";

export default {
  defaults: {},
  schema: [],
  forGuests: true,
} satisfies WidgetSettings;
