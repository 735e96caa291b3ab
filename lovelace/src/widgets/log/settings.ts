import type { WidgetSettings } from "../widget.ts";

export interface LogOptions {
  /** Only what was refused. */
  refused?: boolean;
}

export default {
  defaults: { refused: false },
  schema: [{ name: "refused", selector: { boolean: {} } }],
} satisfies WidgetSettings<LogOptions>;
