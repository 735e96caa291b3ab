import type { WidgetSettings } from "../widget.ts";

export interface TodosOptions {
  /** Also what is completed. */
  completed?: boolean;
}

export default {
  defaults: { completed: false },
  schema: [{ name: "completed", selector: { boolean: {} } }],
  alone: { completed: true },
} satisfies WidgetSettings<TodosOptions>;
