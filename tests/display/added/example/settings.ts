import type { WidgetSettings } from "../widget.ts";

export interface ExampleOptions {
  title?: "short" | "long";
}

export default {
  defaults: { title: "short" },
  schema: [{ name: "title", selector: { select: { options: ["short", "long"] } } }],
} satisfies WidgetSettings<ExampleOptions>;
