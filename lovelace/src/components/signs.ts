import { mdiHomeAssistant, mdiLanDisconnect, mdiMirror } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { fill, type Texts } from "../localize/index.ts";
import type { Formats } from "../model/formats.ts";
import type { Link } from "../model/links.ts";
import { base } from "../styles.ts";
import { icon } from "./icon.ts";

/** Whether Home Assistant and the mirror service are there, apart; calm while they are. */
export class MiraSigns extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: var(--gap);
        font-size: var(--small);
        line-height: 1.2;
        color: var(--soft);
      }
      .sign {
        display: flex;
        align-items: flex-start;
        gap: calc(1.4 * var(--u));
      }
      .sign .icon {
        inline-size: calc(0.75 * var(--icon));
        block-size: calc(0.75 * var(--icon));
      }
      .reconnecting {
        flex-basis: 100%;
        justify-content: flex-end;
        text-align: end;
        color: var(--warning);
        animation: arrive var(--motion) var(--ease);
      }
      .reconnecting .icon {
        order: 1;
        inline-size: var(--icon);
        block-size: var(--icon);
        animation: breathe 2s ease-in-out infinite;
      }
      .age {
        color: var(--soft);
      }
    `,
  ];

  @property({ attribute: false }) homeAssistant: Link = "unknown";
  @property({ attribute: false }) mirror: Link = "unknown";
  /** Milliseconds since what is shown was known to be true; null while it is. */
  @property({ type: Number }) age: number | null = null;
  @property({ attribute: false }) formats!: Formats;
  @property({ attribute: false }) texts!: Texts;

  override render(): TemplateResult {
    return html`
      ${this.#sign("home-assistant", this.homeAssistant, mdiHomeAssistant, this.texts.home_assistant)}
      ${this.#sign("mirror", this.mirror, mdiMirror, this.texts.mirror_service)}
    `;
  }

  #sign(name: string, link: Link, path: string, label: string): TemplateResult {
    const lost = link === "reconnecting";
    return html`<div
      class="sign ${link}"
      role="status"
      aria-label="${label}: ${this.texts[link]}"
      data-test="sign-${name}"
      data-state=${link}
    >
      ${link === "unknown" ? nothing : icon(lost ? mdiLanDisconnect : path)}
      ${lost ? html`<span>${label}:<br />${this.texts.reconnecting}${this.#age()}</span>` : nothing}
    </div>`;
  }

  #age(): TemplateResult | typeof nothing {
    if (this.age === null) return nothing;
    const words = fill(this.texts.as_of, { age: this.formats.age(this.age) });
    return html`<br /><span class="age" data-test="age">${words}</span>`;
  }
}
