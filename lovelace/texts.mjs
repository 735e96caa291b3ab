// The texts of the display as files: for the build, the tests, and those who add a language.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const TEXTS = fileURLToPath(new URL("src/texts/", import.meta.url));
export const WIDGETS = fileURLToPath(new URL("src/widgets/", import.meta.url));

const read = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {});

/** By widget, its texts in this language: from its own folder, or from that of the language. What lacks is English. */
export function widgetTexts(language) {
  const types = readdirSync(WIDGETS).filter((type) => existsSync(`${WIDGETS}${type}/texts`));
  const texts = types.map((type) => {
    const own = `${WIDGETS}${type}/texts`;
    return [
      type,
      {
        ...read(`${own}/en.json`),
        ...read(`${TEXTS}${language}/widgets/${type}.json`),
        ...read(`${own}/${language}.json`),
      },
    ];
  });
  return Object.fromEntries(texts);
}

/** What a subject's folder has for others: the names of its actions, for the log, and why they are refused, for the glass. */
const FOR_LOG = /^(action|bare)_/;
const FOR_GLASS = /^refused_/;

const those = (texts, fits) => Object.fromEntries(Object.entries(texts).filter(([key]) => fits(key)));

/** A plugin of Vite: what the glass says in a language is one file, with the texts of every widget; so is what the log says. */
export const texts = {
  name: "texts",
  enforce: "pre",
  load(id) {
    const [, language, file] = id.match(/\/texts\/([\w-]+)\/(display|log)\.json$/) ?? [];
    if (!language) return null;
    const folders = Object.entries(widgetTexts(language));
    const shared = (kind) =>
      Object.assign(read(id), ...folders.map(([, texts]) => those(texts, (key) => kind.test(key))));
    if (file === "log") return JSON.stringify(shared(FOR_LOG));
    const widgets = folders.map(([type, texts]) => [
      type,
      those(texts, (key) => !FOR_LOG.test(key) && !FOR_GLASS.test(key)),
    ]);
    return JSON.stringify({ ...shared(FOR_GLASS), widgets: Object.fromEntries(widgets) });
  },
};
