import { en, type Texts } from "./en.ts";

export type { TextKey, Texts } from "./en.ts";

/** Gives texts of a language such as `de-AT`: English where there are no `others`. It rejects while they cannot be loaded. */
export function inLanguage<T>(
  english: T,
  others: Record<string, () => Promise<T>>,
): (language: string) => Promise<T> {
  return async (language) => others[language.toLowerCase().replace(/-.*/, "")]?.() ?? english;
}

/** The texts of the display. */
export const textsOf = inLanguage<Texts>(en, { de: async () => (await import("./de.ts")).de });

/** A text with its `{names}` filled in. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** The text with a key that is known only while running, such as a gesture's name. */
export function lookUp<T extends Record<string, string>>(texts: T, key: string): string | undefined {
  return Object.hasOwn(texts, key) ? texts[key] : undefined;
}
