import { css, html, type TemplateResult } from "lit";
import { base } from "../../styles.ts";
import { MiraWidget, widgetStyle } from "../widget.ts";
import type { ClockOptions } from "./settings.ts";

/** The time of day, and the date below it. */
export default class MiraClock extends MiraWidget<ClockOptions> {
  static override styles = [
    base,
    widgetStyle,
    css`
      :host {
        margin-block: var(--block-margin, 0);
        container-type: inline-size;
      }
      .clock {
        --size: min(var(--clock), calc(100cqi / var(--wide)));
        --wide: 2.5;
      }
      .twelve {
        --wide: 3.3;
      }
      .small {
        --size: calc(13 * var(--u));
        --date: var(--small);
      }
      .huge {
        --size: var(--huge-clock);
        --date: calc(7.4 * var(--u));
        text-align: center;
      }
      .time {
        display: flex;
        align-items: flex-start;
        justify-content: var(--justify, flex-start);
        font-size: var(--size);
        font-weight: 300;
        line-height: 0.86;
        letter-spacing: -0.03em;
        margin-inline-start: -0.04em;
        white-space: nowrap;
      }
      .huge .time {
        justify-content: center;
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
        font-size: max(var(--small), min(var(--date), calc(100cqi / 11)));
        font-weight: 400;
        line-height: 1.2;
        color: var(--soft);
        margin-block-start: 0.45em;
      }
    `,
  ];

  override render(): TemplateResult {
    const now = this.minute * 60_000;
    const { size, date } = this.options;
    const { time, period } = this.formats.clock(now);
    return html`<div class="clock ${size} ${period ? "twelve" : ""}" data-test="clock">
      <time class="time" datetime=${new Date(now).toISOString()}>
        <span data-test="time">${time}</span>${period ? html`<span class="period">${period}</span>` : ""}
      </time>
      ${date ? html`<div class="date" data-test="date">${this.formats.date(now)}</div>` : ""}
    </div>`;
  }
}
