import type { WidgetSettings } from "../widget.ts";

export interface ClockOptions {
  size?: "small" | "large" | "huge";
  date?: boolean;
}

export default {
  defaults: { size: "large", date: true },
  schema: [
    {
      name: "size",
      selector: { select: { options: ["small", "large", "huge"], translation_key: "size" } },
    },
    { name: "date", selector: { boolean: {} } },
  ],
  alone: { size: "huge" },
  forGuests: true,
} satisfies WidgetSettings<ClockOptions>;
