import { css, html, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { Display } from "../../model/display.ts";
import { base } from "../../styles.ts";
import { fill } from "../../texts.ts";
import { MiraWidget, widgetStyle } from "../widget.ts";
import type { ExampleOptions } from "./settings.ts";
import type english from "./texts/en.json";

/** What the subject `example` has counted to. */
export default class MiraExample extends MiraWidget<ExampleOptions, typeof english> {
  static override styles = [
    base,
    widgetStyle,
    css`
      .first {
        text-align: center;
      }
    `,
  ];

  @property({ attribute: false }) override display?: Display;

  override render(): TemplateResult {
    const { ownTexts, options } = this;
    const { total } = (this.display?.view?.state?.parts?.example ?? { total: 0 }) as { total: number };
    return html`<div class="first" data-test="example">${fill(ownTexts[`counted_${options.title}`], { total })}</div>`;
  }
}
