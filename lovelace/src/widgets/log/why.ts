import { mdiChevronLeft } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { icon } from "../../components/icon.ts";
import { momentWords } from "../../model/due.ts";
import { changeWords, type Explanation, relatedWords } from "../../model/explanation.ts";
import type { Formats } from "../../model/formats.ts";
import { outcomeOf, policyName, reasonOf, wishWords } from "../../model/log.ts";
import type { MiraEvent } from "../../protocol.ts";
import { base } from "../../styles.ts";
import type { LogTexts, Texts } from "../../texts.ts";

/** Changes and other commands that are named: more are rare, and would not fit. */
const NAMED = 4;

/** Why a decision is as it is: who asked, what looked at it, what it changed, and what belongs to it. */
export class MiraWhy extends LitElement {
  static override styles = [
    base,
    css`
      :host,
      article {
        display: flex;
        flex-direction: column;
        block-size: 100%;
        min-block-size: 0;
      }
      button {
        display: flex;
        align-items: center;
        gap: var(--gap);
        min-block-size: calc(11 * var(--u));
      }
      .icon:dir(rtl) {
        transform: scaleX(-1);
      }
      h2 {
        margin: 0;
        font-size: var(--text);
        font-weight: 500;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
        overflow-wrap: anywhere;
      }
      dl {
        flex: 1;
        min-block-size: 0;
        margin: 0;
        columns: var(--list-columns, 1);
        column-gap: calc(3 * var(--gap));
        column-fill: auto;
        overflow: hidden;
      }
      .line {
        break-inside: avoid;
        padding-block-start: calc(0.7 * var(--gap));
      }
      dt {
        font-size: var(--small);
        color: var(--soft);
      }
      dd {
        margin: 0;
        font-size: var(--text);
        line-height: 1.2;
        overflow-wrap: anywhere;
      }
      .refused {
        color: var(--warning);
      }
      .looked {
        font-size: var(--small);
      }
    `,
  ];

  @property({ attribute: false }) event!: MiraEvent;
  /** What the mirror says about it; null while it has said nothing. */
  @property({ attribute: false }) explanation: Explanation | null = null;
  @property({ attribute: false }) words!: LogTexts;
  @property({ type: Number }) minute = 0;
  @property({ attribute: false }) formats!: Formats;
  @property({ attribute: false }) texts!: Texts;

  override render(): TemplateResult {
    const { event, words, texts, formats } = this;
    const outcome = outcomeOf(event);
    const at = momentWords(Date.parse(event.ts), this.minute * 60_000, formats, texts);
    const reason = reasonOf(event, texts, formats);
    const { confidence, looked = [] } = event;
    return html`<article data-test="why" data-seq=${event.seq}>
      <button data-test="why-back" aria-label=${words.back}>
        ${icon(mdiChevronLeft)}
        <h2 dir="auto">${wishWords(event, words, texts)}</h2>
      </button>
      <dl>
        ${this.#line(words.why_asked, [`${texts[`source_${event.source}`]}, ${at}`])}
        ${this.#line(words.why_decided, [reason || words[`outcome_${outcome}`]], outcome)}
        ${this.#line(words.why_sure, typeof confidence === "number" ? [formats.percent(confidence)] : [])}
        ${this.explanation ? this.#explained(this.explanation) : nothing}
        ${this.#line(words.why_redacted, event.redacted || this.explanation?.redacted ? [words.redacted] : [])}
        ${this.#line(words.why_looked, looked.length > 0 ? [looked.map((name) => policyName(name, words)).join(" → ")] : [], "looked")}
      </dl>
    </article>`;
  }

  /** Lines that do not fit into the columns are not seen. */
  override updated(): void {
    const list = this.renderRoot.querySelector("dl");
    for (const line of this.renderRoot.querySelectorAll<HTMLElement>(".line")) {
      const { left, right } = line.getBoundingClientRect();
      const box = list?.getBoundingClientRect();
      line.style.visibility = box && (right > box.right + 1 || left < box.left - 1) ? "hidden" : "";
    }
  }

  #explained(explanation: Explanation): TemplateResult {
    const { words, texts } = this;
    const changed = changeWords(explanation);
    const none = explanation.changed ? [words.why_nothing_changed] : [];
    return html`${this.#line(words.why_related, relatedWords(explanation, words, texts))}
    ${this.#line(words.why_changed, changed.length > 0 ? changed : none)}`;
  }

  #line(title: string, lines: string[], style = ""): TemplateResult | typeof nothing {
    if (lines.length === 0) return nothing;
    return html`<div class="line">
      <dt>${title}</dt>
      ${lines.slice(0, NAMED).map((line) => html`<dd class=${style} dir="auto">${line}</dd>`)}
    </div>`;
  }
}
