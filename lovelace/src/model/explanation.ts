import { lookUp, type Texts } from "../localize/index.ts";
import type { LogTexts } from "../localize/log/index.ts";
import type { MiraEvent, Source } from "../protocol.ts";
import { actionName, spoken } from "./log.ts";

/** Another command, and how it belongs to the one that is explained. */
export interface Related {
  how: string;
  command_id: string;
  source: Source;
  action: string;
}

/** What `mira.explain` says of a command. */
export interface Explanation {
  answer: MiraEvent;
  /** Null where the log does not say any more. */
  changed: { place: string; before?: unknown; after?: unknown }[] | null;
  before: Related[];
  led_to: Related[];
}

/** What one place of the state was, and what it became. */
export interface ChangeWords {
  place: string;
  before: string;
  after: string;
}

/** Characters of a value that are shown. */
const SHORT = 60;

export function changeWords({ changed }: Explanation): ChangeWords[] {
  return (changed ?? []).map(({ place, before, after }) => ({
    place: spoken(place.replaceAll(".", " ")),
    before: valueWords(before),
    after: valueWords(after),
  }));
}

/** What belongs to a command, such as “lost to: Touch, Camera on”. */
export function relatedWords({ before, led_to }: Explanation, log: LogTexts, texts: Texts): string[] {
  return [...before, ...led_to].map(({ how, source, action }) => {
    const known = lookUp(log, `how_${how.replaceAll(/[^a-z]+/g, "_")}`) ?? how;
    return `${known}: ${texts[`source_${source}`]}, ${actionName(action, log)}`;
  });
}

/** A value of the state: of a todo its summary, of other objects what they are made of. */
function valueWords(value: unknown): string {
  if (value === undefined || value === null) return "–";
  const { summary, text } = value as { summary?: unknown; text?: unknown };
  const words = String(summary ?? text ?? (typeof value === "object" ? JSON.stringify(value) : value));
  return words.length > SHORT ? `${words.slice(0, SHORT)}…` : words;
}
