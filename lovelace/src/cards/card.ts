/** What all cards share: the mirror that they show, their options, and what is asked back. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import "../components/notices.ts";
import "../components/pin-pad.ts";
import "../components/question.ts";
import { ASKED_FOR, type AskedFor, PIN_TAPPED } from "../components/command.ts";
import { define } from "../define.ts";
import type { Decision, HomeAssistant } from "../homeassistant.ts";
import type { Mirror } from "../mirror.ts";
import { type Display, lastChange, UNDO_MS } from "../model/display.ts";
import { type Formats, formatsOf, zoneOf } from "../model/formats.ts";
import { type KnownMirror, mirrorOf, mirrorsOf } from "../model/mirrors.ts";
import { problemWords } from "../model/problem.ts";
import { base } from "../styles.ts";
import { guardTaps } from "../taps.ts";
import { type CardTexts, cardTextsOf, fill, type Texts, textsOf } from "../texts.ts";
import { follow } from "./followed.ts";
import { cardStyle } from "./style.ts";

export interface CardConfig {
  type: string;
  /** The mirror's device; without it, the first mirror. */
  device_id?: string;
  title?: string;
}

/** A field of a card's form, as `ha-form` takes it. */
export interface CardField {
  name: string;
  selector: Record<string, { [detail: string]: unknown } | null>;
  /** What it is where it is not given. */
  default?: unknown;
}

/** A card in the language of the page. */
export interface LoadedCard {
  create(): MiraCard;
  form: object;
  stub(hass: HomeAssistant): Partial<CardConfig>;
  /** Throws a sentence about the first option that cannot be taken. */
  check(config: CardConfig): void;
}

export type CardFile = (language: string) => Promise<LoadedCard>;

const SHARED: readonly CardField[] = [
  { name: "device_id", selector: { device: { integration: "mira" } } },
  { name: "title", selector: { text: {} } },
];

/** The card of this element, with these options besides those of all cards. */
export function cardFile(name: string, element: new () => MiraCard, own: readonly CardField[]): CardFile {
  define(name, element);
  const schema = [...SHARED, ...own];
  const defaults = Object.fromEntries(own.map((field) => [field.name, field.default]));
  return async (language) => {
    const [texts, words] = await Promise.all([textsOf(language), cardTextsOf(language)]);
    const check = (config: CardConfig) => {
      const wrong = schema.find((field) => !fits(field, config[field.name as keyof CardConfig]));
      if (wrong)
        throw new Error(fill(words.wrong_option, { option: wrong.name, wanted: wanted(wrong, words) }));
    };
    return {
      create: () => Object.assign(document.createElement(name) as MiraCard, { defaults, texts, words }),
      form: {
        schema,
        assertConfig: check,
        computeLabel: ({ name }: CardField) => words[`option_${name}` as keyof CardTexts] ?? name,
        computeHelper: ({ name }: CardField) => words[`option_${name}_help` as keyof CardTexts],
      },
      stub: (hass) => {
        const [mirror] = mirrorsOf(hass);
        return mirror ? { device_id: mirror.deviceId } : {};
      },
      check,
    };
  };
}

function fits({ selector }: CardField, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if ("boolean" in selector) return typeof value === "boolean";
  const number = selector.number as { min: number; max: number } | undefined;
  if (number) return typeof value === "number" && value >= number.min && value <= number.max;
  return typeof value === "string";
}

function wanted({ selector }: CardField, words: CardTexts): string {
  if ("boolean" in selector) return words.wanted_boolean;
  const { min, max } = (selector.number ?? {}) as { min?: number; max?: number };
  if (min !== undefined && max !== undefined) return fill(words.wanted_number, { min, max });
  return words.wanted_text;
}

const READ = ["connection", "language", "locale", "config", "user", "devices", "entities"] as const;

function matters(hass?: HomeAssistant, before?: HomeAssistant): boolean {
  return READ.some((name) => hass?.[name] !== before?.[name]);
}

/** A card of one mirror, in Home Assistant's looks. */
export abstract class MiraCard<Config extends CardConfig = CardConfig> extends LitElement {
  static override styles = [base, cardStyle];

  @property({ attribute: false, hasChanged: matters }) hass?: HomeAssistant;
  @property({ attribute: false }) config!: Config;
  defaults: Partial<Config> = {};
  texts!: Texts;
  words!: CardTexts;
  @state() protected known: KnownMirror | null = null;

  protected mirror: Mirror | null = null;
  protected formats!: Formats;
  #leave: (() => void) | null = null;
  #followed = "";
  /** What was asked for here last, and the mirror's answer: what comes of it is shown here and on no other card. */
  #asked: AskedFor | null = null;
  #answer: Decision | null = null;
  /** Runs while what was asked for here can be taken back here. */
  #undoable: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    guardTaps(this);
    this.addEventListener(ASKED_FOR, (event) => {
      void this.#ask((event as CustomEvent<AskedFor>).detail);
    });
    this.addEventListener(PIN_TAPPED, (event) => {
      void this.mirror?.unlock((event as CustomEvent<string | null>).detail);
    });
  }

  async #ask(asked: AskedFor): Promise<void> {
    this.#asked = asked;
    this.#answer = null;
    const answer = (await this.mirror?.ask(asked)) ?? null;
    if (asked !== this.#asked) return;
    this.#answer = answer;
    this.requestUpdate();
    clearTimeout(this.#undoable);
    this.#undoable = setTimeout(() => {
      this.#undoable = undefined;
      this.requestUpdate();
    }, UNDO_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unfollow();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  /** What is settled, and the defaults for the rest. */
  protected get options(): Config {
    return { ...this.defaults, ...this.config };
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!this.hass) return;
    const told = changed.has("hass") && matters(this.hass, changed.get("hass") as HomeAssistant | undefined);
    if (told || this.formats.zone !== zoneOf(this.hass)) this.formats = formatsOf(this.hass);
    const known = mirrorOf(this.hass, this.config.device_id);
    const wanted = `${known?.entryId} ${this.live}`;
    if (wanted !== this.#followed) this.#unfollow();
    this.#followed = wanted;
    this.known = known;
    if (!known || !this.isConnected) return;
    if (!this.#leave) [this.mirror, this.#leave] = follow(this, this.hass, known.entryId, this.live);
    this.mirror?.use(this.hass);
  }

  #unfollow(): void {
    this.#leave?.();
    this.#leave = null;
    this.mirror = null;
  }

  protected override render(): TemplateResult {
    const { title } = this.options;
    const name = title ?? this.known?.name ?? "Mira";
    return html`<ha-card>
      <div class="card" data-test="card">
        <div class="head">
          ${title === "" ? nothing : html`<h2 dir="auto">${name}</h2>`}
          ${this.mirror ? this.head(this.mirror.display) : nothing}
        </div>
        ${this.#body()}
      </div>
    </ha-card>`;
  }

  #body(): TemplateResult | TemplateResult[] {
    if (!this.known) return html`<p class="note" data-test="no-mirror">${this.#missing()}</p>`;
    const display = this.mirror?.display;
    if (!display?.view) {
      const { trouble } = display ?? {};
      const words = trouble ? fill(this.texts.not_loaded, trouble.values) : this.texts.starting;
      return html`<p class="note">${words}</p>`;
    }
    const { connected, problem } = display.view;
    const why = problem ? problemWords(problem, this.texts) : this.words.away;
    const away = connected ? nothing : html`<p class="note" data-test="away">${why}</p>`;
    return html`${away}${this.body(display)}${this.#answers(display)}`;
  }

  /** Why there is no mirror to show. */
  #missing(): string {
    const { gone, several, none } = this.words;
    if (this.config.device_id) return gone;
    return this.hass && mirrorsOf(this.hass).length > 1 ? several : none;
  }

  /** Whether what the camera sees of hands is followed, too. */
  protected get live(): boolean {
    return false;
  }

  /** What counts as now for the mirror's display. */
  protected get now(): number {
    return this.mirror?.now ?? Date.now();
  }

  /** Beside the name. */
  protected head(_display: Display): TemplateResult | typeof nothing {
    return nothing;
  }

  protected abstract body(display: Display): TemplateResult;

  /** Whether this card shows questions and refusals of others, too. */
  protected get tellsAll(): boolean {
    return false;
  }

  /** What the mirror asks back, the pad for the PIN, a refusal, and the way back. */
  #answers(display: Display): TemplateResult | typeof nothing {
    const mine = (commandId: string | null) =>
      this.tellsAll || (this.#asked !== null && commandId === (this.#answer?.command_id ?? null));
    if (display.locked && display.locked === this.#asked) {
      return html`<mira-pin-pad
        .access=${display.view?.state?.access ?? {}}
        .ahead=${display.ahead}
        .busy=${display.pending.has("pin")}
        .texts=${this.texts}
      ></mira-pin-pad>`;
    }
    if (display.question && mine(display.question.what.command_id)) {
      return html`<mira-question
        .question=${display.question.what}
        .until=${display.question.until}
        .ahead=${display.ahead}
        .pending=${display.pending}
        .texts=${this.texts}
      ></mira-question>`;
    }
    const refusal = display.refusal && mine(display.refusal.what.commandId);
    const undo = this.#undo(display);
    if (!refusal && !undo) return nothing;
    return html`<mira-notices
      .refusal=${refusal ? display.refusal?.what : null}
      .undo=${undo}
      .formats=${this.formats}
      .texts=${this.texts}
    ></mira-notices>`;
  }

  /** The change that a tap takes back: what was asked for here, or what somebody at the mirror did. */
  #undo({ view, undo }: Display): string | null {
    const last = view && lastChange(view);
    if (this.#undoable !== undefined && last && last === this.#answer?.command_id) return last;
    return this.tellsAll ? (undo?.what ?? null) : null;
  }
}
