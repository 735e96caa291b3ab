import { css, html, LitElement, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { Formats } from "../model/formats.ts";
import { base } from "../styles.ts";

/** The time of day, and the date below it. */
export class MiraClock extends LitElement {
  static override styles = [
    base,
    css`
      .time {
        display: flex;
        align-items: flex-start;
        font-size: var(--clock);
        font-weight: 300;
        line-height: 0.86;
        letter-spacing: -0.03em;
        margin-inline-start: -0.04em;
        white-space: nowrap;
      }
      .period {
        font-size: max(0.24em, var(--small));
        font-weight: 400;
        line-height: 1;
        letter-spacing: 0.02em;
        color: var(--soft);
        margin-block-start: 0.22em;
        margin-inline-start: 0.35em;
      }
      .date {
        font-size: var(--date);
        font-weight: 400;
        line-height: 1.2;
        color: var(--soft);
        margin-block-start: 0.45em;
      }
    `,
  ];

  @property({ attribute: false }) formats!: Formats;
  @property({ type: Number }) minute = 0;

  override render(): TemplateResult {
    const now = this.minute * 60_000;
    const { time, period } = this.formats.clock(now);
    return html`
      <time class="time" datetime=${new Date(now).toISOString()}>
        <span data-test="time">${time}</span>${period ? html`<span class="period">${period}</span>` : ""}
      </time>
      <div class="date" data-test="date">${this.formats.date(now)}</div>
    `;
  }
}
