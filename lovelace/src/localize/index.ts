import { en, type Texts } from "./en.ts";

export type { TextKey, Texts } from "./en.ts";

const languages: Record<string, () => Promise<Texts>> = {
  en: async () => en,
  de: async () => (await import("./de.ts")).de,
};

/** The texts of a language such as `de-AT`; English where it has none. Rejects while they cannot be loaded. */
export function textsOf(language: string): Promise<Texts> {
  const name = language.toLowerCase().split("-")[0] ?? "en";
  return (languages[name] ?? (async () => en))();
}

/** A text with its `{names}` filled in. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** The text with a key that is known only while running, such as a gesture's name. */
export function lookUp<T extends Record<string, string>>(texts: T, key: string): string | undefined {
  return Object.hasOwn(texts, key) ? texts[key] : undefined;
}
