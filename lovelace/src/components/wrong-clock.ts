import { mdiClockAlertOutline } from "@mdi/js";
import { css, html, LitElement, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { define } from "../define.ts";
import { clockWords } from "../model/clock.ts";
import type { Formats } from "../model/formats.ts";
import { base } from "../styles.ts";
import type { Texts } from "../texts.ts";
import { icon } from "./icon.ts";

/** Says that this screen's clock is wrong, and by how much: what is shown goes by the mirror's. */
export class MiraWrongClock extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        gap: calc(1.4 * var(--u));
        font-size: var(--small);
        line-height: 1.2;
        color: var(--warning);
      }
    `,
  ];

  /** Milliseconds that the mirror's clock is ahead of this machine's. */
  @property({ type: Number }) ahead = 0;
  @property({ attribute: false }) formats!: Formats;
  @property({ attribute: false }) texts!: Texts;

  override render(): TemplateResult {
    const words = clockWords(this.ahead, this.formats.language, this.texts);
    return html`${icon(mdiClockAlertOutline)} <span data-test="wrong-clock">${words}</span>`;
  }
}

define("mira-wrong-clock", MiraWrongClock);
