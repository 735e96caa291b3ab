import { en, type SettingsTexts } from "./en.ts";

export type { SettingsTexts } from "./en.ts";

/** The texts in a language such as `de-AT`; English where it has none. Rejects while they cannot be loaded. */
export async function settingsTextsOf(language: string): Promise<SettingsTexts> {
  return language.toLowerCase().startsWith("de") ? (await import("./de.ts")).de : en;
}

/** The text with a key that is known only while running; the name itself where there is none. */
export function named(words: SettingsTexts, kind: string, name: string): string {
  const key = `${kind}_${name}`;
  return Object.hasOwn(words, key) ? words[key as keyof SettingsTexts] : name.replaceAll("_", " ");
}
