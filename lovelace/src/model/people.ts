/** Those who live here, as the page of settings lists and changes them: plain functions. */
import type { HomeAssistant } from "../homeassistant.ts";

export const CONSENTS = ["face", "voice", "memory"] as const;
type Consent = (typeof CONSENTS)[number];

/** What a PIN may open, where the mirror's settings guard it. */
const RISKS = ["camera_on", "microphone_on", "clear_completed_todos", "people"];
/** The same of subjects that a mirror may be without. */
const SUBJECT_RISKS = { windows: "window_in_rain" };

/** What there is to open at a mirror with these subjects. */
export function risksOf(parts: object): string[] {
  const more = Object.entries(SUBJECT_RISKS).filter(([subject]) => subject in parts);
  return [...RISKS, ...more.map(([, risk]) => risk)];
}

/** Somebody, as `mira/people/list` answers. */
export interface Person {
  id: string;
  /** Null: it is not kept, or cannot be read. */
  name: string | null;
  /** The person of Home Assistant. */
  ha_person: string | null;
  consents: string[];
  /** Whether they have a PIN of their own, and what it opens; null: all. */
  pin: boolean;
  opens: string[] | null;
}

interface Page {
  people: Person[];
  next: string | null;
}

/** What stands in the form of a person. */
export type PersonFields = {
  person_name?: string;
  ha_person?: string | null;
} & { [consent in `consent_${Consent}`]?: boolean };

/** What `mira/people/add` and `mira/people/change` take. */
export interface PersonChanges {
  name?: string;
  ha_person?: string | null;
  consents?: string[];
}

/** All people, by name; those without one last. */
export async function people(hass: HomeAssistant, entryId: string): Promise<Person[]> {
  const found: Person[] = [];
  let after: string | null = null;
  do {
    const message = { type: "mira/people/list", entry_id: entryId, ...(after ? { after } : {}) };
    const page: Page = await hass.connection.sendMessagePromise(message);
    found.push(...page.people);
    after = page.next;
  } while (after);
  return found.sort(
    (a, b) => Number(!a.name) - Number(!b.name) || (a.name ?? "").localeCompare(b.name ?? ""),
  );
}

export function fieldsOf(person: Person | null): PersonFields {
  const consents = CONSENTS.map((consent) => [
    `consent_${consent}`,
    person?.consents.includes(consent) ?? false,
  ]);
  return {
    person_name: person?.name ?? "",
    ha_person: person?.ha_person ?? "",
    ...Object.fromEntries(consents),
  };
}

/** The fields as they are after somebody has entered something: who is chosen gives their name, where none is there. */
export function entered(fields: PersonFields, { states }: Pick<HomeAssistant, "states">): PersonFields {
  const name = haPersonName(fields.ha_person, { states });
  return fields.person_name || !name ? fields : { ...fields, person_name: name };
}

/** What of it is new. */
export function changesOf(person: Person | null, fields: PersonFields): PersonChanges {
  const before = fieldsOf(person);
  const name = fields.person_name?.trim() ?? "";
  const haPerson = fields.ha_person || null;
  const consents = CONSENTS.filter((consent) => fields[`consent_${consent}`]);
  // One that a newer sidecar has stays as it is.
  const others =
    person?.consents.filter((consent) => !(CONSENTS as readonly string[]).includes(consent)) ?? [];
  const consented = CONSENTS.some(
    (consent) => Boolean(fields[`consent_${consent}`]) !== before[`consent_${consent}`],
  );
  return {
    ...(name !== before.person_name ? { name } : {}),
    ...(haPerson !== (person?.ha_person ?? null) ? { ha_person: haPerson } : {}),
    ...(consented ? { consents: [...consents, ...others] } : {}),
  };
}

/** What Home Assistant calls this person; null: nobody is named, or there is no such person any more. */
export function haPersonName(
  entityId: string | null | undefined,
  { states = {} }: Pick<HomeAssistant, "states">,
): string | null {
  const state = entityId ? states[entityId] : undefined;
  return state ? String(state.attributes.friendly_name ?? state.entity_id) : null;
}
