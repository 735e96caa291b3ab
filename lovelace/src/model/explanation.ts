import type { MiraEvent, Source } from "../protocol.ts";
import type { LogTexts } from "../texts.ts";
import { lookUp, type Texts } from "../texts.ts";
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
  changed: { place: string; before?: unknown; after?: unknown; redacted?: boolean }[] | null;
  before: Related[];
  led_to: Related[];
  /** Whether words were left out of it. */
  redacted?: boolean;
}

/** Characters of a value that are shown. */
const SHORT = 60;

/** What each place of the state was, and what it became; only the place where its words were left out. */
export function changeWords({ changed }: Explanation): string[] {
  return (changed ?? []).map(({ place, before, after, redacted }) => {
    const where = spoken(place.replaceAll(".", " "));
    return redacted ? where : `${where}: ${valueWords(before)} → ${valueWords(after)}`;
  });
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
