import { expect, test } from "vitest";
import { errorWords } from "../src/model/error-words.ts";

const error = {
  message: "`text` may have at most 500 characters",
  translation_key: "invalid_too_long",
  translation_domain: "mira",
  translation_placeholders: { field: "text", limit: "500" },
};
const german = async (category: string, domain: string) => (key: string, values: Record<string, string>) =>
  key === `component.${domain}.${category}.invalid_too_long.message`
    ? `\`${values.field}\` darf höchstens ${values.limit} Zeichen haben.`
    : "";

test("an error is told in the language of whoever reads it", async () => {
  const hass = { loadBackendTranslation: german };
  expect(await errorWords(hass, error)).toBe("`text` darf höchstens 500 Zeichen haben.");
});

test("what has no text in that language is told as it came", async () => {
  const hass = { loadBackendTranslation: german };
  expect(await errorWords(hass, { ...error, translation_key: "of_tomorrow" })).toBe(error.message);
  expect(await errorWords(hass, { ...error, translation_placeholders: undefined })).toContain("undefined");
  expect(await errorWords({}, error)).toBe(error.message);
  const lost = { loadBackendTranslation: () => Promise.reject(new Error("lost")) };
  expect(await errorWords(lost, error)).toBe(error.message);
  expect(await errorWords(hass, { message: "Timeout" })).toBe("Timeout");
  expect(await errorWords(hass, 3)).toBe("3");
});
