import { mdiArrowLeft } from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import { follow } from "../cards/followed.ts";
import { cardStyle } from "../cards/style.ts";
import { icon } from "../components/icon.ts";
import { define } from "../define.ts";
import type { HomeAssistant, View } from "../homeassistant.ts";
import { load } from "../load.ts";
import type { Mirror } from "../mirror.ts";
import { type ComfortFields, comfortFields, comfortOf } from "../model/comfort-form.ts";
import { type Changes, settled } from "../model/draft.ts";
import { errorWords } from "../model/error-words.ts";
import { type KnownMirror, mirrorsOf } from "../model/mirrors.ts";
import { pageName } from "../model/pages.ts";
import { risksOf } from "../model/people.ts";
import { lengthUnit, type ScreenFields, screenFields, screenOf, screenSchema } from "../model/screen-form.ts";
import { type Layout, layoutOf } from "../model/settings.ts";
import { navigate } from "../navigate.ts";
import { base } from "../styles.ts";
import {
  type SettingsTexts,
  settingsTextsOf,
  type Texts,
  textsOf,
  type WidgetTexts,
  widgetTextsOf,
} from "../texts.ts";
import { widgetSettings } from "../widgets/index.ts";
import type { FormField } from "../widgets/widget.ts";
import { form, loadForm } from "./form.ts";
import { pageStyle } from "./style.ts";
import "./layout-editor.ts";
import "./people.ts";
import "./pin.ts";
import "./preview.ts";

const minutes = { min: 0, max: 1440, unit_of_measurement: "min", mode: "box" };
const COMFORT: readonly FormField[] = [
  { name: "dim_after", selector: { number: minutes } },
  { name: "blank_after", selector: { number: minutes } },
  { name: "dimmed", selector: { number: { min: 5, max: 90, unit_of_measurement: "%" } } },
  {
    name: "presence",
    selector: {
      entity: { domain: ["binary_sensor", "person", "device_tracker", "input_boolean"], multiple: true },
    },
  },
  { name: "night_from", selector: { time: { no_second: true } } },
  { name: "night_to", selector: { time: { no_second: true } } },
  { name: "light_entity", selector: { entity: { domain: "sensor", device_class: "illuminance" } } },
  {
    name: "light_below",
    selector: { number: { min: 0, max: 100_000, unit_of_measurement: "lx", mode: "box" } },
  },
  { name: "at_night", selector: { select: { options: ["awake", "dim", "blank"] } } },
  { name: "night_colours", selector: { select: { options: ["none", "amber", "red"] } } },
  { name: "pixel_shift", selector: { boolean: {} } },
  { name: "guest", selector: { boolean: {} } },
  { name: "words", selector: { boolean: {} } },
  { name: "face", selector: { select: { options: ["off", "talking", "always"] } } },
];

const SIMULATOR = "/settings/talk";

/** What a mirror's displays show, for administrators: nothing changes before it is saved. */
export class MiraSettings extends LitElement {
  static override styles = [
    base,
    cardStyle,
    pageStyle,
    css`
      :host {
        position: fixed;
        inset: 0;
        z-index: 2;
        display: block;
        overflow: auto;
        background: var(--primary-background-color);
        cursor: auto;
        user-select: text;
        -webkit-user-select: text;
        font-family: var(--ha-font-family-body, Roboto, sans-serif);
        -webkit-font-smoothing: antialiased;
      }
      footer {
        position: sticky;
        z-index: 2;
        display: flex;
        align-items: center;
        gap: 8px;
        padding-inline: 12px;
      }
      .whole {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(220px, 380px);
        gap: 16px;
        align-items: start;
        max-inline-size: 1100px;
        margin-inline: auto;
        padding: 16px;
      }
      .column {
        display: flex;
        flex-direction: column;
        gap: 16px;
        min-inline-size: 0;
      }
      .side {
        position: sticky;
        inset-block-start: calc(var(--header-height, 56px) + 16px);
      }
      ha-card {
        block-size: auto;
      }
      mira-preview {
        inline-size: 100%;
        margin-inline: auto;
      }
      mira-preview:not([across]) {
        max-inline-size: 300px;
      }
      footer {
        inset-block-end: 0;
        justify-content: flex-end;
        min-block-size: 64px;
        border-block-start: 1px solid var(--divider-color);
        background: var(--card-background-color);
      }
      footer p {
        flex: 1;
        min-inline-size: 0;
      }
      .primary {
        background: var(--primary-color);
        color: var(--text-primary-color, #fff);
      }
      .error {
        color: var(--error-color);
      }
      .card.row {
        flex-direction: row;
      }
      .card.row .words {
        display: grid;
        gap: 4px;
      }
      @media (max-width: 870px) {
        .whole {
          grid-template-columns: minmax(0, 1fr);
        }
        .side {
          position: static;
        }
      }
    `,
  ];

  @property({ attribute: false }) hass!: HomeAssistant;
  /** The config entry of the mirror from which somebody comes. */
  @property() shown = "";
  /** Behind the panel's own address: one of the pages of settings. */
  @property() path = "";
  @state() private changes: Changes = {};
  @state() private entryId = "";
  @state() private page = "";
  /** Of the preview; null: as the mirror hangs. */
  @state() private across: boolean | null = null;
  /** Of comfort, as they were entered; null where nothing was. */
  @state() private fields: ComfortFields | null = null;
  /** What came of the last attempt to save, and whether it failed. */
  @state() private outcome: { words: string; failed: boolean } | null = null;
  @state() private form: "loading" | "there" | "missing" = "loading";
  @state() private words: SettingsTexts | null = null;
  /** Of the simulator: few open it. */
  @state() private simulator: "asked" | "there" | "" = "";
  #texts!: Texts;
  #widgetTexts: Record<string, WidgetTexts> = {};
  #mirror: Mirror | null = null;
  #leave: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave?.();
    this.#leave = null;
  }

  async #load(): Promise<void> {
    const language = this.hass.locale?.language || this.hass.language;
    [this.#texts, this.#widgetTexts, this.words] = await Promise.all([
      textsOf(language),
      widgetTextsOf(language),
      settingsTextsOf(language),
    ]);
    this.form = await loadForm().then(
      () => "there" as const,
      () => "missing" as const,
    );
  }

  protected override willUpdate(_changed: PropertyValues): void {
    const mirrors = mirrorsOf(this.hass);
    // The link on the device's page names its mirror.
    const asked = new URLSearchParams(location.search).get("mirror") ?? "";
    const known = (wanted: string) => mirrors.find(({ entryId }) => entryId === wanted)?.entryId;
    const entryId = known(this.entryId) ?? known(asked) ?? known(this.shown) ?? mirrors[0]?.entryId ?? "";
    if (entryId !== this.entryId) this.#choose(entryId);
    if (this.entryId && !this.#leave) {
      [this.#mirror, this.#leave] = follow(this, this.hass, this.entryId, false);
    }
    this.#mirror?.use(this.hass);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { words } = this;
    if (!words) return nothing;
    if (this.path === SIMULATOR) return this.#simulator(words);
    const view = this.#mirror?.display.view;
    return html`<header>
        <button class="tap bare" title=${words.back} aria-label=${words.back} data-test="back" @click=${() => navigate("/mira")}>
          ${icon(mdiArrowLeft)}
        </button>
        <h1>${words.title}</h1>
      </header>
      <div class="whole">
        ${view ? this.#body(words, view) : html`<p>${this.entryId ? words.starting : words.none}</p>`}
      </div>
      ${view ? this.#footer(words) : nothing}`;
  }

  #simulator(words: SettingsTexts): TemplateResult {
    if (this.simulator === "there") {
      return html`<mira-talk-simulator .hass=${this.hass} .entryId=${this.entryId}></mira-talk-simulator>`;
    }
    if (!this.simulator) {
      this.simulator = "asked";
      void load(
        () => import("../simulator/simulator.ts"),
        () => undefined,
      ).then(() => {
        this.simulator = "there";
      });
    }
    return html`<div class="whole"><p role="status">${words.starting}</p></div>`;
  }

  #body(words: SettingsTexts, { display: stored = {}, state, connected }: View): TemplateResult {
    const pages = state?.pages ?? [];
    const settings = settled(stored, this.changes);
    const page = pages.includes(this.page) ? this.page : (pages[0] ?? "home");
    const layout = layoutOf(page, settings, widgetSettings);
    const unit = lengthUnit(this.hass);
    const across = this.across ?? settings.orientation === "landscape";
    const fields = this.fields ?? comfortFields(settings);
    return html`<div class="column">
        ${this.form === "missing" ? html`<p class="error">${words.no_form}</p>` : nothing}
        ${this.#mirrors(words, mirrorsOf(this.hass))}
        <ha-card>
          <div class="card">
            <h2>${words.pages}</h2>
            <p class="soft">${words.pages_help}</p>
            <div class="line" role="group" aria-label=${words.pages}>
              ${pages.map((name) =>
                this.#choice(pageName(name, this.#texts), name === page, `page-${name}`, () => {
                  this.page = name;
                }),
              )}
            </div>
            <mira-layout-editor
              .hass=${this.hass}
              .layout=${layout}
              .parts=${state?.parts ?? {}}
              .words=${words}
              .widgetTexts=${this.#widgetTexts}
              @layout-changed=${(event: CustomEvent<Layout>) => this.#change({ pages: { [page]: event.detail } })}
            ></mira-layout-editor>
            ${
              settings.pages?.[page]
                ? html`<div class="line">
                    <button class="tap" data-test="to-default" @click=${() => this.#change({ pages: { [page]: null } })}>
                      ${words.to_default}
                    </button>
                  </div>`
                : html`<p class="soft">${words.is_default}</p>`
            }
          </div>
        </ha-card>
        <ha-card>
          <div class="card">
            <h2>${words.screen}</h2>
            <p class="soft">${words.screen_help}</p>
            ${form(this.hass, words, screenSchema(unit), screenFields(settings, unit), (screen) =>
              this.#change(screenOf(screen as ScreenFields, settings, unit)),
            )}
          </div>
        </ha-card>
        <ha-card>
          <div class="card">
            <h2>${words.comfort}</h2>
            <p class="soft">${words.comfort_help}</p>
            ${form(this.hass, words, COMFORT, fields, (value) => this.#comfort(value))}
          </div>
        </ha-card>
        <ha-card>
          ${keyed(
            this.entryId,
            html`<mira-pin-settings
              .hass=${this.hass}
              .entryId=${this.entryId}
              .words=${words}
              ?set=${state?.access?.pin_set}
            ></mira-pin-settings>`,
          )}
        </ha-card>
        <ha-card>
          ${keyed(
            this.entryId,
            html`<mira-people-settings
              .hass=${this.hass}
              .entryId=${this.entryId}
              .words=${words}
              .known=${state?.parts?.people?.persons}
              ?connected=${connected}
              ?pin=${state?.access?.pin_set}
              .pins=${state?.access?.persons}
              .risks=${risksOf(state?.parts ?? {})}
            ></mira-people-settings>`,
          )}
        </ha-card>
        <ha-card>
          <div class="card row">
            <span class="words">
              <h2>${words.simulator}</h2>
              <p class="note">${words.simulator_help}</p>
            </span>
            <button class="tap" data-test="simulator" @click=${() => navigate(`/mira${SIMULATOR}`)}>
              ${words.simulator_open}
            </button>
          </div>
        </ha-card>
      </div>
      <div class="column side">
        <ha-card>
          <div class="card">
            <div class="head">
              <h2>${words.preview}</h2>
              <div class="line">
                ${this.#choice(words.portrait, !across, "portrait", () => {
                  this.across = false;
                })}
                ${this.#choice(words.landscape, across, "landscape", () => {
                  this.across = true;
                })}
              </div>
            </div>
            ${keyed(
              this.entryId,
              html`<mira-preview
                ?across=${across}
                .hass=${this.hass}
                .settings=${settings}
                .page=${page}
                .entryId=${this.entryId}
              ></mira-preview>`,
            )}
          </div>
        </ha-card>
      </div>`;
  }

  #mirrors(words: SettingsTexts, mirrors: KnownMirror[]): TemplateResult | typeof nothing {
    if (mirrors.length < 2) return nothing;
    return html`<div class="line" role="group" aria-label=${words.mirror}>
      ${mirrors.map(({ name, entryId }) =>
        this.#choice(name, entryId === this.entryId, `mirror-${entryId}`, () => this.#choose(entryId)),
      )}
    </div>`;
  }

  #choice(words: string, current: boolean, name: string, choose: () => void): TemplateResult {
    return html`<button class="tap ${current ? "current" : ""}" aria-pressed=${current} data-test=${name} @click=${choose}>
      <bdi>${words}</bdi>
    </button>`;
  }

  #footer(words: SettingsTexts): TemplateResult | typeof nothing {
    const changed = Object.keys(this.changes).length > 0;
    if (!changed && !this.outcome) return nothing;
    const { words: told, failed } = this.outcome ?? { words: words.unsaved, failed: false };
    return html`<footer>
      <p class=${failed ? "error" : "soft"} role="status" data-test="outcome">${told}</p>
      ${
        changed
          ? html`<button class="tap" data-test="discard" @click=${this.#discard}>${words.discard}</button>
              <button class="tap primary" data-test="save" @click=${this.#save}>${words.save}</button>`
          : nothing
      }
    </footer>`;
  }

  #change(changes: Changes): void {
    const pages = { ...this.changes.pages, ...changes.pages };
    this.changes = { ...this.changes, ...changes, ...(Object.keys(pages).length > 0 ? { pages } : {}) };
    this.outcome = null;
  }

  /** The fields stay as they were entered: one alone of two that belong together settles nothing yet. */
  #comfort(fields: ComfortFields): void {
    this.fields = fields;
    this.#change(comfortOf(fields));
  }

  #discard(): void {
    this.changes = {};
    this.fields = null;
    this.outcome = null;
  }

  async #save(): Promise<void> {
    const message = { type: "mira/display/configure", entry_id: this.entryId, display: this.changes };
    try {
      await this.hass.connection.sendMessagePromise(message);
      this.#discard();
      this.outcome = { words: this.words?.saved ?? "", failed: false };
    } catch (error) {
      this.outcome = { words: await errorWords(this.hass, error), failed: true };
    }
  }

  #choose(entryId: string): void {
    this.#leave?.();
    this.#leave = null;
    this.#mirror = null;
    this.entryId = entryId;
    this.#discard();
  }
}

define("mira-settings", MiraSettings);
