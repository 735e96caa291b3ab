import { css, html, type TemplateResult } from "lit";
import { define } from "../define.ts";
import { minuteOf } from "../mirror.ts";
import type { Display } from "../model/display.ts";
import MiraLog from "../widgets/log/widget.ts";
import { type CardConfig, type CardField, cardFile, MiraCard } from "./card.ts";

interface LogConfig extends CardConfig {
  only_refused?: boolean;
  count?: number;
}

const FIELDS: readonly CardField[] = [
  { name: "only_refused", selector: { boolean: {} }, default: false },
  { name: "count", selector: { number: { min: 2, max: 50, mode: "box" } }, default: 8 },
];

/** The height of a decision and of the buttons above them, in px. */
const [ROW, BUTTONS] = [46, 56];

/** What the mirror decided and why: the log of the glass. */
class MiraLogCard extends MiraCard<LogConfig> {
  static override styles = [
    ...MiraCard.styles,
    css`
      .log {
        display: flex;
        flex-direction: column;
      }
      mira-log {
        flex: 1;
        min-block-size: 0;
      }
    `,
  ];

  protected override body(display: Display): TemplateResult {
    const { only_refused, count } = this.options;
    return html`<div class="log" style="block-size: ${BUTTONS + Number(count) * ROW}px">
      <mira-log
        .hass=${this.hass}
        .options=${{ refused: only_refused }}
        .display=${display}
        .minute=${minuteOf(this.now)}
        .formats=${this.formats}
        .texts=${this.texts}
      ></mira-log>
    </div>`;
  }
}

define("mira-log", MiraLog);

export default cardFile("mira-log-body", MiraLogCard, FIELDS);
