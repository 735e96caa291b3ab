/**
 * What the display says: a folder of JSON files for each language, and the texts of each widget in its own folder.
 * A language is found by being there.
 */
import type cards from "./texts/en/cards.json";
import type display from "./texts/en/display.json";
import type log from "./texts/en/log.json";
import type settings from "./texts/en/settings.json";

type Keyed<T> = Record<keyof T, string>;

/** Every text of the glass, but those of its widgets; `{name}` is filled in. */
export type Texts = Keyed<typeof display>;
export type TextKey = keyof Texts;
/** Those of the cards and of what is set up around them. */
export type CardTexts = Keyed<typeof cards>;
/** Those of the page of settings. */
export type SettingsTexts = Keyed<typeof settings>;
/** Those of decisions: few open the log, so they are loaded with it. */
export type LogTexts = Keyed<typeof log>;
/** Those of one widget: its `name`, that of its `page` if it is another, its options, and what it says itself. */
export type WidgetTexts = Record<string, string> & { name: string };

type Widgets = Record<string, WidgetTexts>;

/** What there is of this subject in a language: for `pt-BR` in that, else in `pt`, else in English. It rejects while it cannot be loaded. */
export function inLanguage<T>(files: Record<string, () => Promise<T>>): (language: string) => Promise<T> {
  const byLanguage = new Map(Object.entries(files).map(([path, file]) => [path.split("/")[2], file]));
  const loaded = new Map<string, T>();
  return async (language) => {
    const codes = [language, language.replace(/-.*/, ""), "en"];
    const code = codes.find((code) => byLanguage.has(code)) as string;
    const texts = loaded.get(code) ?? (await byLanguage.get(code)?.());
    loaded.set(code, texts as T);
    return texts as T;
  };
}

export const cardTextsOf = inLanguage(
  import.meta.glob<CardTexts>("./texts/*/cards.json", { import: "default" }),
);
export const logTextsOf = inLanguage(import.meta.glob<LogTexts>("./texts/*/log.json", { import: "default" }));
export const settingsTextsOf = inLanguage(
  import.meta.glob<SettingsTexts>("./texts/*/settings.json", { import: "default" }),
);

/** The build puts the texts of every widget into this file (texts.mjs). */
const glassTextsOf = inLanguage(
  import.meta.glob<Texts & { widgets: Widgets }>("./texts/*/display.json", { import: "default" }),
);

/** By type, the texts of every widget. */
export async function widgetTextsOf(language: string): Promise<Widgets> {
  return (await glassTextsOf(language)).widgets;
}

/** The texts of the glass, and the names of the pages that are called as a widget. */
export async function textsOf(language: string): Promise<Texts> {
  const { widgets, ...texts } = await glassTextsOf(language);
  const pages = Object.entries(widgets).map(([type, { name, page }]) => [`page_${type}`, page ?? name]);
  return { ...Object.fromEntries(pages), ...texts };
}

/** A text with its `{names}` filled in. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** The text with a key that is known only while running, such as a gesture's name. */
export function lookUp<T extends Record<string, string>>(texts: T, key: string): string | undefined {
  return Object.hasOwn(texts, key) ? texts[key] : undefined;
}
