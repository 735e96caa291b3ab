import type { WidgetSettings } from "../widget.ts";

export interface EntitiesOptions {
  entities: string[];
  title?: string;
}

export default {
  defaults: { entities: [], title: "" },
  schema: [
    { name: "entities", required: true, selector: { entity: { multiple: true } } },
    { name: "title", selector: { text: {} } },
  ],
} satisfies WidgetSettings<EntitiesOptions>;
