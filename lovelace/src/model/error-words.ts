import type { HomeAssistant } from "../homeassistant.ts";

/** An error as Home Assistant sends it: its message is English, and its key leads to the reader's language. */
export interface HomeAssistantError {
  message?: string;
  translation_key?: string;
  translation_domain?: string;
  translation_placeholders?: Record<string, string>;
}

/** What an error says, in the language of whoever reads it. */
export async function errorWords(
  hass: Pick<HomeAssistant, "loadBackendTranslation">,
  error: unknown,
): Promise<string> {
  const { message, translation_key: key, translation_domain: domain, ...more } = error as HomeAssistantError;
  if (key && domain) {
    // Where they cannot be loaded, what it came with has to do.
    const localize = await hass.loadBackendTranslation?.("exceptions", domain).catch(() => undefined);
    const words = localize?.(
      `component.${domain}.exceptions.${key}.message`,
      more.translation_placeholders ?? {},
    );
    if (words) return words;
  }
  return message ?? String(error);
}
