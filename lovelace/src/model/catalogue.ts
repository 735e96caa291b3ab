import type { HomeAssistant } from "../homeassistant.ts";

/** The ids of the entities that Home Assistant has, by domain and in their order, without what is hidden. */
export type Catalogue = Readonly<Record<string, readonly string[]>>;

export const NOTHING: Catalogue = {};

/** What there is now of these domains; the same object as before where nothing came and nothing went. */
export function catalogueOf(
  { states = {}, entities = {} }: HomeAssistant,
  domains: ReadonlySet<string>,
  before: Catalogue,
): Catalogue {
  const found: Record<string, string[]> = Object.fromEntries([...domains].map((domain) => [domain, []]));
  for (const id of Object.keys(states)) {
    const list = found[id.slice(0, id.indexOf("."))];
    const entity = entities[id];
    if (list && !entity?.hidden && !entity?.entity_category) list.push(id);
  }
  for (const list of Object.values(found)) list.sort();
  const same = [...domains].every((domain) => String(found[domain]) === String(before[domain] ?? ""));
  return same ? before : found;
}
