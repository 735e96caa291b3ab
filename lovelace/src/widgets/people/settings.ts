import type { WidgetSettings } from "../widget.ts";

export interface PeopleOptions {
  /** All people where nobody is named. */
  entities?: string[];
}

export default {
  defaults: { entities: [] },
  schema: [
    { name: "entities", selector: { entity: { domain: ["person", "device_tracker"], multiple: true } } },
  ],
  finds: ["person"],
} satisfies WidgetSettings<PeopleOptions>;
