import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { define } from "../define.ts";
import { EverySecond } from "../every-second.ts";
import type { HomeAssistant } from "../homeassistant.ts";
import { navigate } from "../navigate.ts";
import { base } from "../styles.ts";
import type { Trouble } from "../subscription.ts";
import { fill, type SettingsTexts, settingsTextsOf } from "../texts.ts";
import { kept } from "../which.ts";

/** Between two looks for mirrors that are new, or loaded now. */
const LOOK_MS = 5_000;

interface Mirror {
  entry_id: string;
  id: string;
  name: string;
  loaded: boolean;
}

/** Asks which of several mirrors this display shows: it never chooses one itself. */
export class MiraChoice extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        position: absolute;
        inset: 0;
        overflow: auto;
        display: flex;
        flex-direction: column;
        padding: calc(2.4 * var(--margin)) var(--margin) var(--margin);
        background: var(--background);
      }
      .all {
        display: flex;
        flex-direction: column;
        gap: calc(1.4 * var(--gap));
        inline-size: 100%;
        margin-block: auto;
      }
      .mirrors {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, calc(60 * var(--u))), 1fr));
        gap: calc(1.4 * var(--gap));
      }
      h1,
      p {
        margin: 0;
        font-size: var(--text);
        font-weight: 500;
        line-height: 1.2;
        text-wrap: balance;
      }
      p {
        font-size: var(--small);
        font-weight: 400;
        color: var(--soft);
      }
      button {
        display: flex;
        flex-direction: column;
        justify-content: center;
        min-block-size: calc(14 * var(--u));
        padding: var(--gap) calc(1.6 * var(--gap));
        font-size: var(--text);
        line-height: 1.2;
        overflow-wrap: anywhere;
      }
      small {
        font-size: var(--small);
        color: var(--soft);
      }
      button:active small {
        color: inherit;
      }
    `,
  ];

  @property({ attribute: false }) hass!: HomeAssistant;
  /** Why it is asked; null: somebody wants to choose. */
  @property({ attribute: false }) trouble: Trouble | null = null;
  @state() private mirrors: Mirror[] = [];
  @state() private words: SettingsTexts | null = null;
  #looked = 0;
  protected seconds = new EverySecond(this);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("hass")) void this.#speak(this.hass.locale?.language || this.hass.language);
    if (Date.now() - this.#looked >= LOOK_MS) void this.#look();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { words } = this;
    if (!words) return nothing;
    return html`<div class="all" role="group" aria-labelledby="words" data-test="choice">
      <h1 id="words">${words.which}</h1>
      <p dir="auto">${this.#why(words)}</p>
      <div class="mirrors">${this.mirrors.map((mirror) => this.#mirror(mirror, words))}</div>
    </div>`;
  }

  #why(words: SettingsTexts): string {
    const { code, values } = this.trouble ?? {};
    if (code !== "not_found") return words.which_help;
    return values?.mirror === kept()[0] ? words.which_gone : fill(words.which_unknown, { ...values });
  }

  #mirror({ entry_id, id, name, loaded }: Mirror, words: SettingsTexts): TemplateResult {
    // Two at different Redis servers may have one id; an address that people can read is better where it can be had.
    const alone = this.mirrors.filter((other) => other.id === id).length === 1;
    const show = () => navigate(`/mira/${encodeURIComponent(alone ? id : entry_id)}`);
    return html`<button class="target" data-test="mirror" data-mirror=${id} @click=${show}>
      <bdi>${name}</bdi>
      ${loaded ? nothing : html`<small>${words.not_loaded}</small>`}
    </button>`;
  }

  async #look(): Promise<void> {
    this.#looked = Date.now();
    const { connection } = this.hass;
    const answer = await connection
      .sendMessagePromise<{ mirrors: Mirror[] }>({ type: "mira/mirrors" })
      .catch(() => null); // Home Assistant is away: those that are known stay
    if (answer) this.mirrors = answer.mirrors;
  }

  async #speak(language: string): Promise<void> {
    this.words ??= await settingsTextsOf(language);
  }
}

define("mira-choice", MiraChoice);
