import { html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { define } from "../define.ts";
import type { HomeAssistant } from "../homeassistant.ts";
import { type CardTexts, cardTextsOf } from "../texts.ts";
import type { StrategyConfig } from "./dashboard.ts";

const SECTIONS = ["privacy", "todos", "gestures", "settings", "log"] as const;

const SCHEMA = [
  { name: "mirrors", selector: { device: { integration: "mira", multiple: true } } },
  ...SECTIONS.map((name) => ({ name, selector: { boolean: {} } })),
];

const DEFAULTS: StrategyConfig = { privacy: true, todos: true, gestures: true, settings: true, log: true };

/** The options of a dashboard that is made by itself, in Home Assistant's own form. */
class MiraStrategyEditor extends LitElement {
  @property({ attribute: false }) hass?: HomeAssistant;
  @state() private config: StrategyConfig = {};
  @state() words!: CardTexts;

  setConfig(config: StrategyConfig): void {
    this.config = config;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.hass) return nothing;
    const label = ({ name }: { name: string }) =>
      name === "mirrors" ? this.words.option_mirrors : this.words[`section_${name}` as keyof CardTexts];
    const helper = ({ name }: { name: string }) =>
      name === "mirrors" ? this.words.option_mirrors_help : undefined;
    return html`<ha-form
      .hass=${this.hass}
      .data=${{ ...DEFAULTS, ...this.config }}
      .schema=${SCHEMA}
      .computeLabel=${label}
      .computeHelper=${helper}
      @value-changed=${this.#changed}
    ></ha-form>`;
  }

  #changed(event: CustomEvent<{ value: StrategyConfig }>): void {
    event.stopPropagation();
    const config = Object.fromEntries(
      Object.entries(event.detail.value).filter(
        ([name, value]) => value !== DEFAULTS[name as keyof StrategyConfig] && String(value) !== "",
      ),
    );
    this.dispatchEvent(
      new CustomEvent("config-changed", { detail: { config }, bubbles: true, composed: true }),
    );
  }
}

define("mira-strategy-editor", MiraStrategyEditor);

/** A new editor, in this language. */
export async function strategyEditor(language: string): Promise<HTMLElement> {
  const words = await cardTextsOf(language);
  return Object.assign(document.createElement("mira-strategy-editor"), { words });
}
