import { expect, test } from "vitest";
import { cardTextsOf } from "../src/cards/texts/index.ts";
import { textsOf } from "../src/localize/all.ts";
import { de } from "../src/localize/de.ts";
import { en } from "../src/localize/en.ts";
import { fill, firstTextsOf, lookUp } from "../src/localize/index.ts";
import { named, settingsTextsOf } from "../src/settings/texts/index.ts";

test("a language's regions share its texts, and others get English", async () => {
  expect(await textsOf("de-AT")).toBe(de);
  expect(await textsOf("fi")).toBe(en);
  expect(de).toMatchObject(await firstTextsOf("de"));
  expect(en).toMatchObject(await firstTextsOf("fi"));
});

test("translations fill in the same names", () => {
  const names = (text: string) => text.match(/\{\w+\}/g)?.sort() ?? [];
  for (const key of Object.keys(en) as (keyof typeof en)[])
    expect(names(de[key]), key).toEqual(names(en[key]));
});

test("names are filled in, others stay", () => {
  expect(fill("+ {count} of {all}", { count: 5 })).toBe("+ 5 of {all}");
});

test("what is no text is not found, not even what every object has", () => {
  expect(lookUp(en, "constructor")).toBeUndefined();
  expect(lookUp(en, "gesture_palm")).toBe("Palm");
});

test("every collection of texts speaks the same languages", async () => {
  expect((await cardTextsOf("de")).none).toContain("Spiegel");
  expect((await settingsTextsOf("de-CH")).save).toBe("Speichern");
  expect((await cardTextsOf("fi")).none).toContain("mirror");
});

test("a name without words is said as it is", async () => {
  expect(named(await settingsTextsOf("en"), "widget", "of_tomorrow")).toBe("of tomorrow");
});
