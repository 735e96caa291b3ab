/** What the strategies make: plain configurations of dashboards and views. */

import type { HomeAssistant } from "../homeassistant.ts";
import { entitiesOf, type KnownMirror, mirrorOf, mirrorsOf } from "../model/mirrors.ts";
import { type CardTexts, cardTextsOf } from "../texts.ts";

export interface StrategyConfig {
  /** Devices; without them, all mirrors. */
  mirrors?: string[];
  /** Which sections a view has; each is there where it is not false. */
  todos?: boolean;
  gestures?: boolean;
  privacy?: boolean;
  settings?: boolean;
  /** Whether a dashboard has a page with what the mirrors decided. */
  log?: boolean;
}

interface Section {
  type: "grid";
  cards: object[];
}

/** A page for each mirror. */
export async function dashboardOf(config: StrategyConfig, hass: HomeAssistant): Promise<{ views: object[] }> {
  const words = await cardTextsOf(hass.language);
  const wanted = config.mirrors?.length ? config.mirrors : null;
  const mirrors = mirrorsOf(hass).filter(({ deviceId }) => !wanted || wanted.includes(deviceId));
  if (mirrors.length === 0) return { views: [emptyView(words.none)] };
  const views = mirrors.map((mirror) => viewOf(mirror, config, hass, words));
  return { views: config.log === false ? views : [...views, logView(mirrors, words)] };
}

/** The page of one mirror. */
export async function viewFor(
  config: StrategyConfig & { device_id?: string },
  hass: HomeAssistant,
): Promise<object> {
  const words = await cardTextsOf(hass.language);
  const mirror = mirrorOf(hass, config.device_id);
  if (mirror) return viewOf(mirror, config, hass, words);
  return emptyView(mirrorsOf(hass).length > 1 && !config.device_id ? words.several_views : words.none);
}

function emptyView(content: string): object {
  return { title: "Mira", path: "mira", cards: [{ type: "markdown", content }] };
}

function logView(mirrors: KnownMirror[], words: CardTexts): object {
  const sections = mirrors.map(({ deviceId }) => ({
    type: "grid",
    column_span: 2,
    cards: [{ type: "custom:mira-log-card", device_id: deviceId, count: 12 }],
  }));
  return { title: words.view_log, path: "log", icon: "mdi:text-box-outline", type: "sections", sections };
}

function viewOf(mirror: KnownMirror, config: StrategyConfig, hass: HomeAssistant, words: CardTexts): object {
  const card = (type: string, more: object = {}) => ({
    type: `custom:mira-${type}-card`,
    device_id: mirror.deviceId,
    ...more,
  });
  const section = (title: string, cards: object[]): Section => ({
    type: "grid",
    cards: [{ type: "heading", heading: title }, ...cards],
  });
  const settings = settingsOf(mirror, hass);
  const sections = [
    section(words.section_glass, [card("mirror", { title: "", devices: config.privacy === false })]),
    config.privacy !== false && section(words.section_privacy, [card("privacy", { title: "" })]),
    config.todos !== false && section(words.section_todos, [card("todo", { title: "" })]),
    config.gestures !== false && section(words.section_gestures, [card("gesture", { title: "" })]),
    config.settings !== false && settings.length > 0 && section(words.section_settings, settings),
  ];
  return {
    title: mirror.name,
    path: mirror.deviceId,
    icon: "mdi:mirror",
    type: "sections",
    max_columns: 3,
    sections: sections.filter(Boolean),
  };
}

/** The thresholds and the lock, as Home Assistant's own tiles: as wide as the section, since half of it cuts their names. */
function settingsOf(mirror: KnownMirror, hass: HomeAssistant): object[] {
  const ids = entitiesOf(hass, mirror.deviceId);
  const of = (domain: string) => ids.filter((id) => id.startsWith(`${domain}.`));
  const tile = (entity: string, feature: string) => ({
    ...{ type: "tile", entity, name: { type: "entity" } },
    features: [{ type: feature }],
    grid_options: { columns: 12 },
  });
  return [
    ...of("number").map((entity) => tile(entity, "numeric-input")),
    ...of("lock").map((entity) => tile(entity, "lock-commands")),
  ];
}
