import { mdiAlert, mdiMessageTextOutline } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { hyphenated } from "../model/hyphens.ts";
import { problemWords } from "../model/problem.ts";
import type { Message, Problem } from "../protocol.ts";
import { base } from "../styles.ts";
import type { Texts } from "../texts.ts";
import { icon } from "./icon.ts";

/** Whether a message is so long that it is set smaller, and may cover the todos where there is little height. */
export function isLong(text: string | undefined): boolean {
  return (text?.length ?? 0) > 140;
}

/** Whether a message has more than words, which takes the place of the todos. */
export function hasMore(message: Message | undefined): boolean {
  return Boolean(message?.picture || message?.buttons?.length);
}

/** What the mirror has to say: what keeps it from deciding, and a message that somebody sent. */
export class MiraBanner extends LitElement {
  static override styles = [
    base,
    css`
      .all {
        display: flex;
        flex-direction: column;
        gap: calc(2 * var(--gap));
      }
      section {
        display: flex;
        gap: var(--gap);
        animation: arrive var(--motion) var(--ease);
      }
      section > div {
        min-inline-size: 0;
      }
      h2,
      p {
        margin: 0;
        font-size: var(--text);
        line-height: 1.25;
        overflow-wrap: anywhere;
        text-wrap: pretty;
      }
      h2 {
        font-weight: 500;
      }
      p {
        font-weight: 400;
        white-space: pre-line;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: var(--message-lines, 8);
        overflow: hidden;
      }
      .long p {
        font-size: var(--small);
        -webkit-line-clamp: var(--long-lines, 14);
      }
      .problem {
        color: var(--problem);
      }
      .problem p {
        font-size: var(--small);
        color: var(--bright);
      }
    `,
  ];

  @property({ attribute: false }) problem: Problem | null = null;
  @property({ attribute: false }) message: Message | null = null;
  /** A sentence while there is nothing else to show. */
  @property() waiting = "";
  @property({ attribute: false }) texts!: Texts;

  override render(): TemplateResult {
    return html`<div class="all" role="status">
      <slot></slot>
      ${this.waiting ? html`<section data-test="waiting"><p dir="auto">${this.waiting}</p></section>` : nothing}
      ${this.problem ? this.#problem(this.problem) : nothing}
      ${this.message ? this.#message(this.message) : nothing}
    </div>`;
  }

  #problem(problem: Problem): TemplateResult {
    return html`<section class="problem" data-test="problem" data-code=${problem.code}>
      ${icon(mdiAlert)}
      <div>
        <h2>${this.texts.problem}</h2>
        <p dir="auto">${problemWords(problem, this.texts)}</p>
      </div>
    </section>`;
  }

  #message(message: Message): TemplateResult {
    return html`<section class=${isLong(message.text) ? "long" : ""} data-test="message">
      ${icon(mdiMessageTextOutline)}
      <div>
        ${message.title ? html`<h2 dir="auto">${hyphenated(message.title)}</h2>` : nothing}
        <p dir="auto">${hyphenated(message.text)}</p>
      </div>
    </section>`;
  }
}
