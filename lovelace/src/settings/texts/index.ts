import { inLanguage, lookUp } from "../../localize/index.ts";
import { spoken } from "../../model/log.ts";
import { en, type SettingsTexts } from "./en.ts";

export type { SettingsTexts } from "./en.ts";

/** The texts of the settings page. */
export const settingsTextsOf = inLanguage<SettingsTexts>(en, {
  de: async () => (await import("./de.ts")).de,
});

/** The text with a key that is known only while running; the name itself where there is none. */
export function named(words: SettingsTexts, kind: string, name: string): string {
  return lookUp(words, `${kind}_${name}`) ?? spoken(name);
}
