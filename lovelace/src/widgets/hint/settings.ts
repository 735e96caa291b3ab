import type { WidgetSettings } from "../widget.ts";

export interface HintOptions {
  /** Sentences of the household's own, one a day. */
  texts?: string[];
}

export default {
  defaults: { texts: [] },
  schema: [{ name: "texts", selector: { text: { multiple: true } } }],
} satisfies WidgetSettings<HintOptions>;
