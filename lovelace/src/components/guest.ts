import { mdiLockOutline } from "@mdi/js";
import { css, html, LitElement, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { define } from "../define.ts";
import { base } from "../styles.ts";
import type { Texts } from "../texts.ts";
import { wantPad } from "./command.ts";
import { icon } from "./icon.ts";

/** Says that this is what guests see, and leads to the PIN. */
export class MiraGuest extends LitElement {
  static override styles = [
    base,
    css`
      button {
        display: flex;
        align-items: center;
        gap: var(--gap);
        min-block-size: max(var(--touch), calc(11 * var(--u)));
        font-size: var(--small);
        color: var(--soft);
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;

  override render(): TemplateResult {
    return html`<button data-test="guest" @click=${() => wantPad(this)}>
      ${icon(mdiLockOutline)} ${this.texts.guest}
    </button>`;
  }
}

define("mira-guest", MiraGuest);
