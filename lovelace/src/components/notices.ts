import { mdiCloseCircleOutline, mdiUndoVariant } from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import { define } from "../define.ts";
import type { LiveHands } from "../live-hands.ts";
import type { Formats } from "../model/formats.ts";
import { gestureName, type SeenGesture } from "../model/gesture.ts";
import { hyphenated } from "../model/hyphens.ts";
import type { Refusal } from "../model/refusal.ts";
import { refusalWords } from "../model/refusal-words.ts";
import { base } from "../styles.ts";
import type { Texts } from "../texts.ts";
import { askFor, lookAt } from "./command.ts";
import { gestureIcon } from "./gesture-icons.ts";
import { MiraHands } from "./hands.ts";
import { icon } from "./icon.ts";

/** Characters that still fit in one line of large text. */
const LONG = 24;

/** The pose that is being held or else the gesture just seen, and what was refused and why, side by side for some seconds; a tap asks why. */
export class MiraNotices extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        align-items: center;
        justify-content: center;
        gap: calc(1.4 * var(--gap));
      }
      .live {
        display: contents;
      }
      .notice {
        display: flex;
        align-items: center;
        gap: var(--gap);
        min-inline-size: 0;
        background: var(--background);
        animation: arrive var(--motion) var(--ease);
      }
      .notice.instead {
        animation: none;
      }
      .notice .icon {
        inline-size: var(--notice-icon);
        block-size: var(--notice-icon);
      }
      .first {
        font-size: var(--text);
        font-weight: 500;
        line-height: 1.15;
        text-wrap: balance;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
        overflow-wrap: anywhere;
      }
      .first.long {
        font-size: var(--small);
      }
      .notice > div {
        min-inline-size: 0;
      }
      .second {
        overflow-wrap: break-word;
        font-size: var(--small);
        line-height: 1.25;
        color: var(--soft);
      }
      .refusal .icon,
      .refusal .first {
        color: var(--warning);
      }
      .gesture {
        flex: none;
      }
      mira-hands[holding] ~ .live .gesture {
        display: none;
      }
      .undo {
        flex: none;
        gap: calc(1.4 * var(--u));
        min-block-size: max(var(--touch), calc(11 * var(--u)));
        padding-inline: calc(3 * var(--u));
        font-size: var(--small);
      }
      .undo .icon {
        inline-size: var(--icon);
        block-size: var(--icon);
      }
      .brief .first {
        display: none;
      }
    `,
  ];

  /** The hands that are seen now, where they are shown here. */
  @property({ attribute: false }) live?: LiveHands;
  /** The page that is on the glass, and its parts: they go with the hand. */
  @property() page = "";
  @property({ attribute: false }) parts: () => Iterable<HTMLElement> = () => [];
  @property({ attribute: false }) gesture: SeenGesture | null = null;
  @property({ attribute: false }) refusal: Refusal | null = null;
  /** The id of the command that can be taken back just now. */
  @property() undo: string | null = null;
  @property({ attribute: false }) formats!: Formats;
  @property({ attribute: false }) texts!: Texts;

  /** Whether what is told took the place of another: while anything moves, all that changes waits for the next frame. */
  #instead = { gesture: "", refusal: "" };

  protected override willUpdate(changed: PropertyValues<this>): void {
    for (const name of ["gesture", "refusal"] as const)
      if (changed.has(name)) this.#instead[name] = changed.get(name) ? "instead" : "";
  }

  override render(): TemplateResult {
    return html`
      ${
        this.live
          ? html`<mira-hands
        ?brief=${this.refusal !== null || this.undo !== null}
        .live=${this.live}
        .page=${this.page}
        .parts=${this.parts}
        .accepted=${this.gesture}
        .formats=${this.formats}
        .texts=${this.texts}
      ></mira-hands>`
          : nothing
      }
      <div class="live" aria-live="polite">${keyed(this.gesture, this.#gesture())}</div>
      <div class="live" aria-live="assertive">${keyed(this.refusal, this.#refusal())}</div>
      ${this.undo && !this.refusal ? this.#undo(this.undo) : nothing}
    `;
  }

  #gesture(): TemplateResult | typeof nothing {
    if (!this.gesture) return nothing;
    const { commandId, name, confidence } = this.gesture;
    return html`<button
      class="notice gesture ${this.#instead.gesture} ${this.refusal ? "brief" : ""}"
      data-test="gesture"
      data-gesture=${name}
      @click=${() => lookAt(this, commandId)}
    >
      ${icon(gestureIcon(name))}
      <div>
        <div class="first" data-test="gesture-name">${gestureName(name, this.texts)}</div>
        ${
          confidence === null
            ? nothing
            : html`<div class="second" data-test="gesture-confidence">${this.formats.percent(confidence)}</div>`
        }
      </div>
    </button>`;
  }

  #undo(command_id: string): TemplateResult {
    const ask = () => askFor(this, "undo", { action: "undo", payload: { command_id } });
    return html`<button class="notice target undo" data-test="undo" @click=${ask}>
      ${icon(mdiUndoVariant)} ${this.texts.undo}
    </button>`;
  }

  #refusal(): TemplateResult | typeof nothing {
    if (!this.refusal) return nothing;
    const { commandId, reason } = this.refusal;
    const { why, what } = refusalWords(this.refusal, this.texts, this.formats);
    const look = () => {
      if (commandId) lookAt(this, commandId);
    };
    return html`<button class="notice refusal ${this.#instead.refusal}" data-test="refusal" data-reason=${reason} @click=${look}>
      ${icon(mdiCloseCircleOutline)}
      <div>
        <div class="first ${why.length > LONG ? "long" : ""}" dir="auto">${hyphenated(why)}</div>
        <div class="second">${hyphenated(what)}</div>
      </div>
    </button>`;
  }
}

define("mira-hands", MiraHands);
define("mira-notices", MiraNotices);
