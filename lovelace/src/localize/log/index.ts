import { en, type LogTexts } from "./en.ts";

export type { LogTexts } from "./en.ts";

/** The log's texts in a language such as `de-AT`; English where it has none. Rejects while they cannot be loaded. */
export async function logTextsOf(language: string): Promise<LogTexts> {
  return language.toLowerCase().split("-")[0] === "de" ? (await import("./de.ts")).de : en;
}
