import { expect, test } from "vitest";
import { named } from "../src/settings/form.ts";
import { simulatorTextsOf } from "../src/simulator/words.ts";
import en from "../src/texts/en/display.json";
import { cardTextsOf, fill, lookUp, settingsTextsOf, textsOf, widgetTextsOf } from "../src/texts.ts";
import { widgetSettings } from "../src/widgets/index.ts";

type Keyed = Record<string, string>;

/** By path, every file of texts as it is stored. */
const files = new Map(
  Object.entries(
    import.meta.glob<string>(["../src/texts/**/*.json", "../src/widgets/*/texts/*.json"], {
      eager: true,
      query: "?raw",
      import: "default",
    }),
  ).map(([path, text]) => [path, JSON.parse(text) as Keyed]),
);
/** The folders of widgets and subjects that say something. */
const speaking = [
  ...new Set([...files.keys()].flatMap((path) => path.match(/widgets\/(\w+)\/texts\//)?.[1] ?? [])),
];
const languages = [
  ...new Set([...files.keys()].flatMap((path) => path.match(/texts\/([^/]+)\//)?.[1] ?? [])),
];
const subjects = [...files.keys()].flatMap((path) => path.match(/texts\/en\/([^/]+)\.json$/)?.[1] ?? []);
const wordsOf = (subject: string, language: string) => files.get(`../src/texts/${language}/${subject}.json`);
const wordsOfWidget = (type: string, language: string) =>
  files.get(`../src/widgets/${type}/texts/${language}.json`) ??
  files.get(`../src/texts/${language}/widgets/${type}.json`);

/** Keys, and the names that are filled in. */
function shape(texts: Keyed | undefined): Record<string, string[]> {
  const names = (text: string) => text.match(/\{\w+\}/g)?.sort() ?? [];
  return Object.fromEntries(Object.entries(texts ?? {}).map(([key, text]) => [key, names(text)]));
}

test("there are English and German, and whoever else has a folder", () => {
  expect(languages).toEqual(expect.arrayContaining(["en", "de"]));
  expect(subjects.sort()).toEqual(["cards", "display", "log", "names", "settings", "simulator"]);
});

test.each(languages.flatMap((language) => subjects.map((subject) => [language, subject] as const)))(
  "%s has every text of %s, no other, and fills in the same names",
  (language, subject) => expect(shape(wordsOf(subject, language))).toEqual(shape(wordsOf(subject, "en"))),
);

test.each([...files])("no text of %s has the marks of code, which would be shown as they are", (_, texts) => {
  expect(Object.values(texts).filter((text) => text.includes("`"))).toEqual([]);
});

test.each(languages.flatMap((language) => speaking.map((type) => [language, type] as const)))(
  "%s has every text of the widget %s, no other, and fills in the same names",
  (language, type) => expect(shape(wordsOfWidget(type, language))).toEqual(shape(wordsOfWidget(type, "en"))),
);

test.each([...widgetSettings])(
  "the widget %s says what it and each of its options is called",
  (type, { schema }) => {
    const texts = wordsOfWidget(type, "en") ?? {};
    expect(texts.name).toBeTruthy();
    for (const { name, selector } of schema) {
      expect(texts, name).toHaveProperty(`option_${name}`);
      const { options = [] } = (selector.select ?? {}) as { options?: readonly string[] };
      for (const option of options) expect(texts).toHaveProperty(`value_${option}`);
    }
  },
);

test("a language's regions share its texts, and others get English", async () => {
  expect((await textsOf("de-AT")).camera_on).toBe("Kamera an");
  expect((await textsOf("qaa")).camera_on).toBe("Camera on");
  expect((await cardTextsOf("de")).none).toContain("Spiegel");
  expect((await settingsTextsOf("de-CH")).save).toBe("Speichern");
  expect((await simulatorTextsOf("de")).connect).toBe("Verbinden");
  expect((await simulatorTextsOf("qaa")).connect).toBe("Connect");
  expect((await cardTextsOf("qaa")).none).toContain("mirror");
  expect((await widgetTextsOf("de")).todos?.name).toBe("Aufgaben");
});

test("a page that shows a widget alone is called as that, or as it wants", async () => {
  expect(await textsOf("en")).toMatchObject({ page_todos: "Todos", page_camera: "Camera" });
});

test("names are filled in, others stay", () => {
  expect(fill("+ {count} of {all}", { count: 5 })).toBe("+ 5 of {all}");
});

test("what is no text is not found, not even what every object has", () => {
  expect(lookUp(en, "constructor")).toBeUndefined();
  expect(lookUp(en, "gesture_palm")).toBe("Palm");
});

test("a name without words is said as it is", async () => {
  expect(named(await settingsTextsOf("en"), "region", "of_tomorrow")).toBe("of tomorrow");
});
