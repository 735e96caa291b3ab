import type english from "../texts/en/names.json";

type Name = keyof typeof english;

/** Names and descriptions for Home Assistant's pickers, which do not wait: every dashboard loads them, so only these. */
const names = import.meta.glob<Record<Name, string>>("../texts/*/names.json", {
  eager: true,
  import: "default",
});

/** The language of the person at this page. */
export function pageLanguage(): string {
  const root = document.querySelector("home-assistant") as { hass?: { language?: string } } | null;
  return root?.hass?.language ?? document.documentElement.lang;
}

/** What something of Mira is called; English where its language has no names. */
export function nameOf(what: Name): string {
  const language = pageLanguage();
  const codes = [language, language.replace(/-.*/, ""), "en"];
  const found = codes.map((code) => names[`../texts/${code}/names.json`]).find(Boolean);
  return (found as Record<Name, string>)[what];
}
