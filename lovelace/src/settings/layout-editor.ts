import { mdiChevronDown, mdiChevronUp, mdiCogOutline, mdiDeleteOutline } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { cardStyle } from "../cards/style.ts";
import { icon } from "../components/icon.ts";
import { define } from "../define.ts";
import type { HomeAssistant } from "../homeassistant.ts";
import { added, given, moved, type Place, removed, replaced } from "../model/draft.ts";
import { spoken } from "../model/log.ts";
import { type Layout, REGIONS, type Region, type WidgetConfig } from "../model/settings.ts";
import { base } from "../styles.ts";
import { fill, type SettingsTexts, type WidgetTexts } from "../texts.ts";
import { WIDGET_TYPES, widgetSettings } from "../widgets/index.ts";
import { form, named } from "./form.ts";

/** What hangs where on one page: `layout-changed` with the new layout in its detail. */
export class MiraLayoutEditor extends LitElement {
  static override styles = [
    base,
    cardStyle,
    css`
      h3 {
        margin: 16px 0 4px;
        font-size: var(--small);
        font-weight: 500;
        color: var(--secondary-text-color);
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        margin-block-end: 8px;
        padding-inline: 12px 4px;
        border: 1px solid var(--divider-color);
        border-radius: var(--ha-border-radius-lg, 12px);
      }
      .row {
        gap: 0;
      }
      .options {
        padding-block: 4px 16px;
        padding-inline-end: 8px;
      }
      select {
        block-size: 40px;
        max-inline-size: 100%;
        padding-inline: 12px;
        border: 1px dashed var(--outline-color, var(--divider-color));
        border-radius: var(--ha-border-radius-pill, 20px);
        background: none;
        color: var(--primary-color);
        font: inherit;
        cursor: pointer;
      }
      option {
        background: var(--card-background-color);
        color: var(--primary-text-color);
      }
    `,
  ];

  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) layout: Layout = {};
  /** What the mirror has of its subjects, by their names. */
  @property({ attribute: false }) parts: object = {};
  @property({ attribute: false }) words!: SettingsTexts;
  @property({ attribute: false }) widgetTexts!: Record<string, WidgetTexts>;
  @state() private open: Place | null = null;

  protected override render(): TemplateResult[] {
    return REGIONS.map((region) => {
      const widgets = this.layout[region] ?? [];
      return html`<section data-test="region-${region}">
        <h3>${named(this.words, "region", region)}</h3>
        <ul>
          ${widgets.map((widget, index) => this.#widget(widget, { region, index }))}
        </ul>
        ${this.#adder(region)}
      </section>`;
    });
  }

  #widget(widget: WidgetConfig, place: Place): TemplateResult {
    const { words } = this;
    const open = this.open?.region === place.region && this.open.index === place.index;
    return html`<li data-test="widget" data-type=${widget.type}>
      <div class="row">
        <span class="words">${this.#name(widget.type)}</span>
        ${this.#button("edit", words.edit, mdiCogOutline, () => this.#toggle(open ? null : place))}
        ${this.#button("up", words.up, mdiChevronUp, () => this.#tell(moved(this.layout, place, -1)))}
        ${this.#button("down", words.down, mdiChevronDown, () => this.#tell(moved(this.layout, place, 1)))}
        ${this.#button("remove", words.remove, mdiDeleteOutline, () => this.#tell(removed(this.layout, place)))}
      </div>
      ${open ? this.#options(widget, place) : nothing}
    </li>`;
  }

  #button(name: string, label: string, path: string, act: () => void): TemplateResult {
    return html`<button class="tap bare" title=${label} aria-label=${label} data-test=${name} @click=${act}>
      ${icon(path)}
    </button>`;
  }

  #options(widget: WidgetConfig, place: Place): TemplateResult {
    const settings = widgetSettings.get(widget.type);
    if (!settings?.schema.length) return html`<div class="options note">${this.words.no_options}</div>`;
    const change = (value: Record<string, unknown>) => {
      const { type, ...options } = value;
      this.#tell(
        replaced(this.layout, place, { type: widget.type, ...given(options, settings.defaults) }),
        true,
      );
    };
    const data = { ...settings.defaults, ...widget };
    const words = this.widgetTexts[widget.type] ?? {};
    return html`<div class="options">${form(this.hass, words, settings.schema, data, change)}</div>`;
  }

  #adder(region: Region): TemplateResult {
    const label = fill(this.words.add, { region: named(this.words, "region", region) });
    const add = (event: Event) => {
      const select = event.target as HTMLSelectElement;
      const type = select.value;
      select.value = "";
      const place = { region, index: this.layout[region]?.length ?? 0 };
      this.#tell(added(this.layout, region, { type }));
      this.#toggle(place);
    };
    return html`<select aria-label=${label} data-test="add" @change=${add}>
      <option value="" selected>+ ${label}</option>
      ${WIDGET_TYPES.filter((type) => this.#offers(type))
        .map((type) => [this.#name(type), type])
        .sort()
        .map(([name, type]) => html`<option value=${type}>${name}</option>`)}
    </select>`;
  }

  #offers(type: string): boolean {
    const { subject } = widgetSettings.get(type) ?? {};
    return subject === undefined || subject in this.parts;
  }

  /** What a widget is called; of one that this display does not have, its type. */
  #name(type: string): string {
    return this.widgetTexts[type]?.name ?? spoken(type);
  }

  #toggle(place: Place | null): void {
    this.open = place;
  }

  #tell(layout: Layout, stays = false): void {
    if (!stays) this.open = null;
    this.dispatchEvent(new CustomEvent("layout-changed", { detail: layout }));
  }
}

define("mira-layout-editor", MiraLayoutEditor);
