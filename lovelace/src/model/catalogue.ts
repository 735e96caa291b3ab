import type { HomeAssistant } from "../homeassistant.ts";

/** Of what widgets find the entities themselves. */
const DOMAINS = ["calendar", "media_player", "person", "weather"] as const;

export type Domain = (typeof DOMAINS)[number];

/** The ids of the entities that Home Assistant has, in their order, without what is hidden. */
export type Catalogue = Readonly<Record<Domain, readonly string[]>>;

export const NOTHING: Catalogue = { calendar: [], media_player: [], person: [], weather: [] };

/** What there is now; the same object as before where nothing came and nothing went. */
export function catalogueOf({ states = {}, entities = {} }: HomeAssistant, before: Catalogue): Catalogue {
  const found: Record<Domain, string[]> = { calendar: [], media_player: [], person: [], weather: [] };
  for (const id of Object.keys(states)) {
    const list = found[id.slice(0, id.indexOf(".")) as Domain];
    const entity = entities[id];
    if (list && !entity?.hidden && !entity?.entity_category) list.push(id);
  }
  for (const list of Object.values(found)) list.sort();
  const same = DOMAINS.every((domain) => String(found[domain]) === String(before[domain]));
  return same ? before : found;
}
