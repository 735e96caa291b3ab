/** Home Assistant's own form, in a page that is none of its dashboards. */
import { html, type TemplateResult } from "lit";
import type { HomeAssistant } from "../homeassistant.ts";
import { spoken } from "../model/log.ts";
import { lookUp } from "../texts.ts";
import type { FormField } from "../widgets/widget.ts";

const PATIENCE_MS = 10_000;

type Words = Record<string, string>;

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

/** The text with a key that is known only while running; the name itself where there is none. */
export function named(words: Words, kind: string, name: string): string {
  return lookUp(words, `${kind}_${name}`) ?? spoken(name);
}

/** A form of these fields; `changed` is given all values. */
export function form(
  hass: HomeAssistant,
  words: Words,
  fields: readonly FormField[],
  data: object,
  changed: (value: Record<string, unknown>) => void,
): TemplateResult {
  const label = ({ name }: FormField) => named(words, "option", name);
  const help = ({ name, required }: FormField) =>
    required ? undefined : lookUp(words, `option_${name}_help`);
  return html`<ha-form
    .hass=${hass}
    .data=${data}
    .schema=${fields.map((field) => inWords(field, words))}
    .computeLabel=${label}
    .computeHelper=${help}
    @value-changed=${(event: CustomEvent<{ value: Record<string, unknown> }>) => {
      event.stopPropagation();
      changed(event.detail.value);
    }}
  ></ha-form>`;
}

/** The same field, where it is a choice, with the words for what can be chosen. */
function inWords(field: FormField, words: Words): FormField {
  const choice = field.selector.select as { options: string[]; multiple?: boolean } | undefined;
  if (!choice) return field;
  const options = choice.options.map((value) => ({ value, label: named(words, "value", value) }));
  const mode = choice.multiple ? "list" : "dropdown";
  return { ...field, selector: { select: { ...choice, options, mode } } };
}
