import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { define } from "../define.ts";
import type { HomeAssistant } from "../homeassistant.ts";
import { hyphenated } from "../model/hyphens.ts";
import { pictureOf } from "../model/picture.ts";
import type { Message, MessageButton } from "../protocol.ts";
import { base } from "../styles.ts";
import { isEarly } from "../taps.ts";
import { askFor } from "./command.ts";

/** Width over height of a picture that is still on its way. */
const USUAL = 16 / 9;

/** What a message has besides its words: a picture, and buttons. `empty` while there is nothing of it to show. */
export class MiraMessageMore extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: calc(1.4 * var(--gap));
        min-block-size: calc(20 * var(--u));
        container-type: inline-size;
      }
      :host([empty]) {
        display: none;
      }
      .picture {
        flex: 0 1 auto;
        aspect-ratio: var(--ratio);
        min-block-size: 0;
        container-type: size;
      }
      img {
        display: block;
        inline-size: 100%;
        block-size: 100%;
        object-fit: contain;
        object-position: 0 0;
        animation: arrive var(--motion) var(--ease);
      }
      /* Where words and buttons leave no room for it: smaller than a button it shows nothing. */
      @container (height < 11vmin) {
        img {
          display: none;
        }
      }
      .buttons {
        flex: none;
        display: grid;
        grid-auto-flow: column;
        grid-auto-columns: minmax(0, 1fr);
        gap: calc(1.4 * var(--gap));
      }
      button {
        display: grid;
        place-items: center;
        min-block-size: max(var(--touch), calc(14 * var(--u)));
        padding: calc(0.5 * var(--gap)) var(--gap);
        font-size: var(--small);
        font-weight: 500;
        line-height: 1.1;
        text-align: center;
        text-wrap: balance;
        overflow-wrap: anywhere;
      }
      /* Beside each other they would be as narrow as a word. */
      @container (width < 68vmin) {
        .buttons {
          grid-auto-flow: row;
          gap: var(--gap);
        }
        button {
          min-block-size: max(var(--touch), calc(11 * var(--u)));
        }
      }
      [aria-busy="true"] span {
        animation: breathe 1.2s ease-in-out infinite;
      }
    `,
  ];

  @property({ attribute: false }) message: Message | null = null;
  @property({ attribute: false }) hass?: HomeAssistant;
  @property({ attribute: false }) pending: ReadonlySet<string> = new Set();
  /** Where the picture is; null while that is not known, and where it cannot be loaded. */
  @state() private path: string | null = null;
  /** Of its width to its height. */
  @state() private ratio = USUAL;
  #looked = "";
  #shown = "";
  #since = 0;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("message")) void this.#look();
    const shown = this.message?.id ?? "";
    if (shown !== this.#shown) this.#since = performance.now();
    this.#shown = shown;
    this.toggleAttribute("empty", !this.path && !this.message?.buttons?.length);
  }

  override render(): TemplateResult {
    const { buttons } = this.message ?? {};
    return html`
      ${this.path ? this.#picture(this.path) : nothing}
      ${buttons?.length ? html`<div class="buttons">${buttons.map((button) => this.#button(button))}</div>` : nothing}
    `;
  }

  #picture(path: string): TemplateResult {
    const load = ({ target }: Event) => {
      const { naturalWidth, naturalHeight } = target as HTMLImageElement;
      this.ratio = naturalWidth / naturalHeight || USUAL;
    };
    return html`<div class="picture" style="--ratio: ${this.ratio}">
      <img data-test="message-picture" alt="" src=${path} @load=${load} @error=${this.#lose} />
    </div>`;
  }

  #button({ id, label }: MessageButton): TemplateResult {
    return html`<button
      class="target"
      data-test="message-button"
      data-button=${id}
      aria-busy=${this.pending.has(`button ${id}`)}
      @click=${(tap: MouseEvent) => this.#press(id, tap)}
    >
      <span dir="auto">${hyphenated(label)}</span>
    </button>`;
  }

  /** Once for each message: the view comes anew with everything that changes. */
  async #look(): Promise<void> {
    const { message, hass } = this;
    const looked = message?.picture ? `${message.at} ${message.picture}` : "";
    if (looked === this.#looked) return;
    this.#looked = looked;
    this.path = null;
    if (!message?.picture || !hass) return;
    const path = await pictureOf(message.picture, message.at, hass).catch(() => null);
    if (looked === this.#looked) this.path = path;
  }

  #lose(): void {
    this.path = null;
  }

  /** A tap that was meant for what was in this place before presses nothing. */
  #press(button: string, tap: MouseEvent): void {
    const { message } = this;
    if (isEarly(tap, this.#since)) return;
    if (!message?.id || message.buttons?.some(({ id }) => this.pending.has(`button ${id}`))) return;
    const payload = { message_id: message.id, button };
    askFor(this, `button ${button}`, { action: "press_button", payload });
  }
}

define("mira-message-more", MiraMessageMore);
