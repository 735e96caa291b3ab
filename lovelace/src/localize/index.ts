import { type FirstTexts, first } from "./first-en.ts";

export type { TextKey, Texts } from "./en.ts";

/** Gives texts of a language such as `de-AT`: English where there are no `others`. It rejects while they cannot be loaded. */
export function inLanguage<T>(
  english: T,
  others: Record<string, () => Promise<T>>,
): (language: string) => Promise<T> {
  return async (language) => others[language.toLowerCase().replace(/-.*/, "")]?.() ?? english;
}

/** Those texts of the display that its first view needs. */
export const firstTextsOf = inLanguage<FirstTexts>(first, {
  de: async () => (await import("./first-de.ts")).first,
});

/** A text with its `{names}` filled in. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** The text with a key that is known only while running, such as a gesture's name. */
export function lookUp<T extends Record<string, string>>(texts: T, key: string): string | undefined {
  return Object.hasOwn(texts, key) ? texts[key] : undefined;
}
