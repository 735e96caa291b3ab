import { mdiClose, mdiCogOutline } from "@mdi/js";
import { css, html, LitElement, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { define } from "../define.ts";
import type { Texts } from "../localize/index.ts";
import { navigate } from "../navigate.ts";
import { base } from "../styles.ts";
import { icon } from "./icon.ts";

/** For administrators: the way out, and the one to the settings. */
export class MiraWays extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        position: absolute;
        inset-block-start: calc(0.5 * var(--margin));
        inset-inline: 0;
        display: flex;
        justify-content: center;
        gap: var(--gap);
        pointer-events: none;
      }
      button {
        pointer-events: auto;
        display: grid;
        place-items: center;
        inline-size: calc(9 * var(--u));
        block-size: calc(9 * var(--u));
        border-radius: 50%;
        background: var(--background);
        border: calc(0.35 * var(--u)) solid var(--soft);
        color: var(--bright);
        animation: arrive var(--motion) var(--ease);
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;

  protected override render(): TemplateResult {
    return html`${this.#way("close", mdiClose, "/")} ${this.#way("settings", mdiCogOutline, "/mira/settings")}`;
  }

  #way(name: "close" | "settings", path: string, to: string): TemplateResult {
    return html`<button data-test=${name} aria-label=${this.texts[name]} @click=${() => navigate(to)}>${icon(path)}</button>`;
  }
}

define("mira-ways", MiraWays);
