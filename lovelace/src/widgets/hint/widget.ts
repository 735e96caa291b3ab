import { mdiLightbulbOnOutline } from "@mdi/js";
import { css, html, type TemplateResult } from "lit";
import { icon } from "../../components/icon.ts";
import { base } from "../../styles.ts";
import { MiraWidget, widgetStyle } from "../widget.ts";
import type { HintOptions } from "./settings.ts";
import type english from "./texts/en.json";

/** Another sentence each day: what the mirror can do, or what the household wants to read. */
export default class MiraHint extends MiraWidget<HintOptions, typeof english> {
  static override styles = [
    base,
    widgetStyle,
    css`
      .line {
        align-items: center;
        justify-content: var(--justify, flex-start);
        font-size: var(--small);
        color: var(--soft);
      }
    `,
  ];

  override render(): TemplateResult {
    const { ownTexts: texts } = this;
    const own = this.options.texts.filter(Boolean);
    const hints =
      own.length > 0
        ? own
        : [texts.hint_1, texts.hint_2, texts.hint_3, texts.hint_4, texts.hint_5, texts.hint_6];
    const today = this.formats.dayOf(this.minute * 60_000);
    return html`<div class="line" data-test="hint">
      ${icon(mdiLightbulbOnOutline)} <span dir="auto">${hints[today % hints.length]}</span>
    </div>`;
  }
}
