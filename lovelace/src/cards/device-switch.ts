import { css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { MiraDevice } from "../components/device.ts";
import { icon } from "../components/icon.ts";
import { define } from "../define.ts";
import { deviceSign, isShownOn } from "../model/device-sign.ts";
import { deviceErrorWords } from "../model/problem.ts";
import { base } from "../styles.ts";
import type { CardTexts } from "../texts.ts";
import { fill } from "../texts.ts";
import { cardStyle } from "./style.ts";

/** A switch for the camera or the microphone. Its position is what was asked for, its words what is. */
export class MiraDeviceSwitch extends MiraDevice {
  static override styles = [
    base,
    cardStyle,
    css`
      button {
        display: flex;
        align-items: center;
        gap: 12px;
        inline-size: 100%;
        min-block-size: 48px;
        cursor: pointer;
      }
      .disc {
        display: grid;
        place-items: center;
        flex: none;
        inline-size: 40px;
        block-size: 40px;
        border-radius: 50%;
        background: var(--secondary-background-color);
        color: var(--secondary-text-color);
      }
      :host([large]) .disc {
        --icon: 32px;
        inline-size: 56px;
        block-size: 56px;
      }
      .on,
      .still_open {
        background: var(--primary-color);
        color: var(--text-primary-color, #fff);
      }
      .failed,
      .still_open,
      .not_open {
        box-shadow: 0 0 0 2px var(--error-color);
      }
      .words {
        flex: 1;
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
      .name {
        font-size: var(--text);
      }
      :host([large]) .name {
        font-size: 20px;
      }
      .track {
        flex: none;
        inline-size: 44px;
        block-size: 26px;
        padding: 3px;
        border-radius: 13px;
        background: var(--disabled-color, #bdbdbd);
        transition: background 150ms;
      }
      :host([large]) .track {
        inline-size: 64px;
        block-size: 38px;
        border-radius: 19px;
      }
      .track i {
        display: block;
        block-size: 100%;
        aspect-ratio: 1;
        border-radius: 50%;
        background: #fff;
        transition: margin 150ms;
      }
      [aria-checked="true"] .track {
        background: var(--primary-color);
      }
      [aria-checked="true"] .track i {
        margin-inline-start: auto;
      }
      [aria-busy="true"] .track {
        opacity: 0.5;
      }
    `,
  ];

  @property({ type: Boolean, reflect: true }) large = false;
  @property({ attribute: false }) words!: CardTexts;

  override render(): TemplateResult {
    const sign = deviceSign(this.on, this.observed);
    const reason = this.observed ? deviceErrorWords(this.observed, this.texts) : null;
    return html`<button
      role="switch"
      aria-checked=${isShownOn(this.on, sign)}
      aria-busy=${this.pending}
      aria-label="${this.texts[this.device]}. ${this.texts[`${this.device}_${sign}`]}"
      data-test=${this.device}
      data-sign=${sign}
      @click=${this.toggle}
    >
      <span class="disc ${sign}">${icon(this.signIcon(sign))}</span>
      <span class="words">
        <span class="name">${this.large ? this.texts[this.device] : this.texts[`${this.device}_${sign}`]}</span>
        ${this.large ? this.#truth() : nothing} ${reason ? html`<div class="warning">${reason}</div>` : nothing}
      </span>
      <span class="track"><i></i></span>
    </button>`;
  }

  #truth(): TemplateResult {
    const { words, device } = this;
    const observed = words[`${device}_${this.observed?.capture ?? "unknown"}`];
    return html`<div class="soft" data-test="truth">${fill(this.on ? words.on : words.off, { observed })}</div>`;
  }
}

define("mira-device-switch", MiraDeviceSwitch);
