import { mdiHomeAssistant, mdiMirror, mdiSync } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { momentWords } from "../model/due.ts";
import type { Formats } from "../model/formats.ts";
import type { Link } from "../model/links.ts";
import { base } from "../styles.ts";
import { fill, type Texts } from "../texts.ts";
import { icon } from "./icon.ts";

const MINUTE = 60_000;

/** Whether Home Assistant and the mirror service are there, apart; calm while they are. */
export class MiraSigns extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        justify-content: flex-end;
        gap: var(--gap);
        font-size: var(--small);
        line-height: 1.2;
        color: var(--soft);
      }
      .sign {
        display: flex;
        align-items: center;
        gap: calc(1.4 * var(--u));
      }
      .sign:not(.words) .icon {
        inline-size: calc(0.75 * var(--icon));
        block-size: calc(0.75 * var(--icon));
      }
      .words {
        animation: arrive var(--motion) var(--ease);
      }
      .reconnecting {
        align-items: flex-start;
        color: var(--warning);
      }
      .reconnecting .icon {
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
      ${this.#sign("home-assistant", this.homeAssistant, mdiHomeAssistant, this.texts.home_assistant)}
      ${this.#sign("mirror", this.mirror, mdiMirror, this.texts.mirror_service)}
    `;
  }

  #sign(name: string, link: Link, path: string, label: string): TemplateResult {
    const lost = link === "reconnecting";
    const words =
      (this.homeAssistant === "reconnecting" || this.mirror === "reconnecting") && link !== "unknown";
    return html`<div
      class="sign ${link} ${words ? "words" : ""}"
      role="status"
      aria-label="${label}: ${this.texts[link]}"
      data-test="sign-${name}"
      data-state=${link}
      ?hidden=${link === "unknown"}
    >
      ${icon(lost ? mdiSync : path)}
      ${words ? html`<span>${label}: ${this.texts[link]}${lost ? this.#age() : nothing}</span>` : nothing}
    </div>`;
  }

  #age(): TemplateResult | typeof nothing {
    if (this.asOf === null) return nothing;
    const moment = momentWords(this.asOf, this.minute * MINUTE, this.formats, this.texts);
    return html` <span class="age" data-test="age">${fill(this.texts.as_of, { moment })}</span>`;
  }
}
