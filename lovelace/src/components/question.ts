import { mdiCheck, mdiClose } from "@mdi/js";
import { css, html, LitElement, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { define } from "../define.ts";
import { EverySecond } from "../every-second.ts";
import { hyphenated } from "../model/hyphens.ts";
import { questionWords } from "../model/question-words.ts";
import type { Pending } from "../protocol.ts";
import { base } from "../styles.ts";
import { isEarly } from "../taps.ts";
import { fill, type Texts } from "../texts.ts";
import { askFor } from "./command.ts";
import { gestureIcon } from "./gesture-icons.ts";
import { icon } from "./icon.ts";

/** What the mirror asks back, how long it waits, and two answers to tap or to show. */
export class MiraQuestion extends LitElement {
  static override styles = [
    base,
    css`
      .all {
        display: flex;
        flex-direction: column;
        gap: var(--gap);
        animation: arrive var(--motion) var(--ease);
      }
      h2 {
        margin: 0;
        font-size: calc(1.3 * var(--text));
        font-weight: 500;
        line-height: 1.15;
        text-wrap: balance;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
        overflow: hidden;
        overflow-wrap: anywhere;
      }
      .who {
        display: flex;
        justify-content: space-between;
        font-size: var(--small);
        color: var(--soft);
      }
      .left {
        font-variant-numeric: tabular-nums;
      }
      .time {
        block-size: calc(0.8 * var(--u));
        border-radius: 1em;
        background: var(--bright);
        transform-origin: left;
        transition: transform 1s linear;
      }
      .time:dir(rtl) {
        transform-origin: right;
      }
      .answers {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: calc(1.4 * var(--gap));
        margin-block-start: var(--gap);
      }
      button {
        display: flex;
        align-items: center;
        justify-content: center;
        gap: calc(0.8 * var(--gap));
        min-block-size: max(var(--touch), calc(17 * var(--u)));
        font-size: calc(1.2 * var(--text));
        font-weight: 500;
      }
      .confirm {
        border-color: var(--bright);
      }
      [aria-busy="true"] .icon {
        animation: breathe 1.2s ease-in-out infinite;
      }
    `,
  ];

  @property({ attribute: false }) question!: Pending;
  /** Unix milliseconds by the mirror's clock, and how far that is ahead of this machine's. */
  @property({ type: Number }) until = 0;
  @property({ type: Number }) ahead = 0;
  /** Whether a thumb can be seen. */
  @property({ type: Boolean }) watched = false;
  @property({ attribute: false }) pending: ReadonlySet<string> = new Set();
  @property({ attribute: false }) texts!: Texts;

  protected seconds = new EverySecond(this);
  #asked = "";
  #since = 0;

  protected override willUpdate(): void {
    if (this.question.command_id !== this.#asked) this.#since = performance.now();
    this.#asked = this.question.command_id;
  }

  override render(): TemplateResult {
    const { question, texts } = this;
    const left = Math.max(0, this.until - this.ahead - Date.now());
    const whole = Date.parse(question.deadline) - Date.parse(question.asked_at);
    return html`<div class="all" role="alertdialog" aria-labelledby="words" data-test="question" data-action=${question.action}>
      <div class="who">
        <span>${texts[`source_${question.source}`]}</span>
        <span class="left" data-test="question-time" aria-hidden="true">
          ${fill(texts.seconds, { count: Math.ceil(left / 1000) })}
        </span>
      </div>
      <h2 id="words" dir="auto" data-test="question-words">${hyphenated(questionWords(question, texts))}</h2>
      <div class="time" style="transform: scaleX(${Math.min(1, left / whole)})"></div>
      <div class="answers">
        ${this.#answer("confirm", texts.yes, this.watched ? gestureIcon("thumb_up") : mdiCheck)}
        ${this.#answer("cancel", texts.no, this.watched ? gestureIcon("thumb_down") : mdiClose)}
      </div>
    </div>`;
  }

  #answer(action: "confirm" | "cancel", words: string, path: string): TemplateResult {
    return html`<button
      class="target ${action}"
      data-test=${action}
      aria-busy=${this.pending.has(action)}
      @click=${(tap: MouseEvent) => this.#say(action, tap)}
    >
      ${icon(path)} <span>${words}</span>
    </button>`;
  }

  /** A tap that was meant for what was in this place before answers nothing. */
  #say(action: "confirm" | "cancel", tap: MouseEvent): void {
    if (isEarly(tap, this.#since)) return;
    if (this.pending.has("confirm") || this.pending.has("cancel")) return;
    askFor(this, action, { action, payload: { command_id: this.question.command_id } });
  }
}

define("mira-question", MiraQuestion);
