import type { WidgetSettings } from "../widget.ts";

export interface MediaOptions {
  /** All players where none is named. */
  entities?: string[];
}

export default {
  defaults: { entities: [] },
  schema: [{ name: "entities", selector: { entity: { domain: "media_player", multiple: true } } }],
  finds: ["media_player"],
} satisfies WidgetSettings<MediaOptions>;
