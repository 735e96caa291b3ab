import { mdiSync } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { momentWords } from "../model/due.ts";
import type { Formats } from "../model/formats.ts";
import type { Link } from "../model/links.ts";
import { base } from "../styles.ts";
import { fill, type Texts } from "../texts.ts";
import { icon } from "./icon.ts";

const MINUTE = 60_000;

/** Says which of Home Assistant and the mirror service is away; nothing while both are there. */
export class MiraSigns extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        font-size: var(--small);
        line-height: 1.2;
        color: var(--warning);
      }
      .sign {
        display: flex;
        align-items: flex-start;
        gap: calc(1.4 * var(--u));
        animation: arrive var(--motion) var(--ease);
      }
      .icon {
        animation: turn 3s linear infinite;
      }
      .age {
        display: block;
        color: var(--soft);
      }
    `,
  ];

  @property({ attribute: false }) homeAssistant: Link = "unknown";
  @property({ attribute: false }) mirror: Link = "unknown";
  /** When what is shown was last known to be true (Unix milliseconds); null while it is. */
  @property({ type: Number }) asOf: number | null = null;
  @property({ type: Number }) minute = 0;
  @property({ attribute: false }) formats!: Formats;
  @property({ attribute: false }) texts!: Texts;

  override render(): TemplateResult {
    return html`
      ${this.#sign("home-assistant", this.homeAssistant, this.texts.home_assistant)}
      ${this.#sign("mirror", this.mirror, this.texts.mirror_service)}
    `;
  }

  #sign(name: string, link: Link, label: string): TemplateResult {
    const lost = link === "reconnecting";
    return html`<div class="sign" role="status" data-test="sign-${name}" data-state=${link} ?hidden=${!lost}>
      ${lost ? icon(mdiSync) : nothing}
      ${lost ? html`<span>${label}: ${this.texts[link]}${this.#age()}</span>` : nothing}
    </div>`;
  }

  #age(): TemplateResult | typeof nothing {
    if (this.asOf === null) return nothing;
    const moment = momentWords(this.asOf, this.minute * MINUTE, this.formats, this.texts);
    return html` <span class="age" data-test="age">${fill(this.texts.as_of, { moment })}</span>`;
  }
}
