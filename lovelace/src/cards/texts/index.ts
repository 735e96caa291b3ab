import { type CardTexts, en } from "./en.ts";

export type { CardTexts } from "./en.ts";

const languages: Record<string, () => Promise<CardTexts>> = {
  en: async () => en,
  de: async () => (await import("./de.ts")).de,
};

/** The cards' texts in a language such as `de-AT`; English where it has none. Rejects while they cannot be loaded. */
export function cardTextsOf(language: string): Promise<CardTexts> {
  const name = language.toLowerCase().split("-")[0] ?? "en";
  return (languages[name] ?? (async () => en))();
}
