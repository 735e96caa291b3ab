/** Home Assistant's own form, in a page that is none of its dashboards. */
import { html, type TemplateResult } from "lit";
import type { HomeAssistant } from "../homeassistant.ts";
import type { FormField } from "../widgets/widget.ts";
import { named, type SettingsTexts } from "./texts/index.ts";

const PATIENCE_MS = 10_000;

interface Resolver extends HTMLElement {
  hass: unknown;
  routerOptions: { routes: { dashboard: { load(): Promise<unknown> } } };
  _updateRoutes(): void;
}

interface CardHelpers {
  createCardElement(config: object): HTMLElement;
}

/**
 * Has Home Assistant load `ha-form`, which comes with the editors of its dashboards; there is no clean way to ask for it.
 * Rejects where that is not possible any more.
 */
export async function loadForm(): Promise<void> {
  if (!customElements.get("ha-form")) void loadEditor();
  const late = new Promise((_, reject) => setTimeout(reject, PATIENCE_MS));
  await Promise.race([customElements.whenDefined("ha-form"), late]);
}

async function loadEditor(): Promise<void> {
  await customElements.whenDefined("partial-panel-resolver");
  const resolver = document.createElement("partial-panel-resolver") as Resolver;
  resolver.hass = { panels: [{ url_path: "dashboard", component_name: "lovelace" }] };
  resolver._updateRoutes();
  await resolver.routerOptions.routes.dashboard.load();
  const { loadCardHelpers } = window as unknown as { loadCardHelpers(): Promise<CardHelpers> };
  (await loadCardHelpers()).createCardElement({ type: "tile", entity: "sun.sun" });
  await customElements.whenDefined("hui-tile-card");
  const tile = customElements.get("hui-tile-card") as unknown as { getConfigElement(): Promise<unknown> };
  await tile.getConfigElement();
}

/** A form of these fields; `changed` is given all values. */
export function form(
  hass: HomeAssistant,
  words: SettingsTexts,
  fields: readonly FormField[],
  data: object,
  changed: (value: Record<string, unknown>) => void,
): TemplateResult {
  const label = ({ name }: FormField) => named(words, "option", name);
  const help = ({ name, required }: FormField) =>
    required ? undefined : words[`option_${name}_help` as keyof SettingsTexts];
  return html`<ha-form
    .hass=${hass}
    .data=${data}
    .schema=${fields.map((field) => spoken(field, words))}
    .computeLabel=${label}
    .computeHelper=${help}
    @value-changed=${(event: CustomEvent<{ value: Record<string, unknown> }>) => {
      event.stopPropagation();
      changed(event.detail.value);
    }}
  ></ha-form>`;
}

/** The same field, where it is a choice, with the words for what can be chosen. */
function spoken(field: FormField, words: SettingsTexts): FormField {
  const choice = field.selector.select as { options: string[] } | undefined;
  if (!choice) return field;
  const options = choice.options.map((value) => ({ value, label: named(words, "value", value) }));
  return { ...field, selector: { select: { options, mode: "dropdown" } } };
}
