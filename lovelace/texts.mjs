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

/** A plugin of Vite: what the glass says in a language is one file, with the texts of every widget. */
export const texts = {
  name: "texts",
  enforce: "pre",
  load(id) {
    const [, language] = id.match(/\/texts\/([\w-]+)\/display\.json$/) ?? [];
    return language ? JSON.stringify({ ...read(id), widgets: widgetTexts(language) }) : null;
  },
};
