import { mdiMicrophone, mdiMicrophoneOff } from "@mdi/js";
import { css, html, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { icon } from "../../components/icon.ts";
import { Feeds } from "../../feeds.ts";
import { observedOf } from "../../model/device-sign.ts";
import type { Display } from "../../model/display.ts";
import type { LiveLevels } from "../../protocol.ts";
import { base } from "../../styles.ts";
import { fill } from "../../texts.ts";
import { MiraWidget, widgetStyle } from "../widget.ts";
import { type Meter, metersOf } from "./level.ts";
import type english from "./texts/en.json";

/** It is told five times a second: after this nothing is known any more. */
const GONE_MS = 3_000;

/** How loud it is where the mirror hears, and how loud while nobody speaks: to find its microphone a place. */
export default class MiraMicrophone extends MiraWidget<Record<string, unknown>, typeof english> {
  static override styles = [
    base,
    widgetStyle,
    css`
      .meters {
        display: flex;
        flex-direction: column;
        gap: calc(0.8 * var(--u));
        min-inline-size: min(100%, calc(36 * var(--u)));
      }
      .line {
        flex-direction: row;
        align-items: center;
        font-size: var(--small);
      }
      .meter {
        flex: 1;
      }
      .bar {
        position: relative;
        block-size: calc(1.8 * var(--u));
        overflow: hidden;
        border-radius: 1em;
        border: calc(0.25 * var(--u)) solid var(--soft);
      }
      .filled {
        position: absolute;
        inset: 0;
        border-radius: inherit;
        background: var(--bright);
        transform-origin: 0 0;
        transition: transform 0.2s linear;
      }
      .mark {
        position: absolute;
        inset-block: 0;
        inline-size: calc(0.8 * var(--u));
        /* Dark on what is filled, bright on what is not. */
        background: var(--bright);
        mix-blend-mode: difference;
      }
      .words {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 var(--gap);
        font-variant-numeric: tabular-nums;
      }
      .noise,
      .off {
        color: var(--soft);
      }
    `,
  ];

  @property({ attribute: false }) override display!: Display;

  #feeds = new Feeds<{ live: LiveLevels }>(this, () => this.#requests());
  #gone: ReturnType<typeof setTimeout> | undefined;
  #last: LiveLevels | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#gone);
    this.#last = undefined;
  }

  protected override updated(): void {
    const live = this.#feeds.latest.get("levels")?.live;
    if (live === this.#last) return;
    this.#last = live;
    clearTimeout(this.#gone);
    this.#gone = setTimeout(() => {
      this.#feeds.latest.delete("levels");
      this.requestUpdate();
    }, GONE_MS);
  }

  protected override shows(): boolean {
    return observedOf(this.display.view?.devices, "microphone") !== undefined;
  }

  override render(): TemplateResult {
    const live = this.#feeds.latest.get("levels")?.live;
    const on = this.#isOn();
    return html`<div class="meters" data-test="levels">
      ${
        on && live
          ? metersOf(live).map((meter) => this.#meter(meter))
          : html`<div class="line off">
              ${icon(on ? mdiMicrophone : mdiMicrophoneOff)}
              <span data-test="no-level">${on ? this.ownTexts.waiting : this.ownTexts.off}</span>
            </div>`
      }
    </div>`;
  }

  #isOn(): boolean {
    return this.display.view?.state?.microphone?.on === true;
  }

  /** Nothing is measured for nobody, nor while there is nothing to measure. */
  #requests(): Record<string, { type: string; entry_id: string }> {
    const mirror = this.display.view?.mirror;
    return mirror && this.#isOn() ? { levels: { type: "mira/levels", entry_id: mirror.entry_id } } : {};
  }

  #meter({ microphone, level, noise, filled, mark }: Meter): TemplateResult {
    return html`<div class="line" data-test="level" data-microphone=${microphone}>
      ${icon(mdiMicrophone)}
      <div class="meter">
        <div class="bar">
          <div class="filled" style="transform: scaleX(${filled})"></div>
          <div class="mark" style="inset-inline-start: ${100 * mark}%"></div>
        </div>
        <div class="words">
          <span>${fill(this.ownTexts.level, { level })}</span>
          <span class="noise">${fill(this.ownTexts.noise, { noise })}</span>
        </div>
      </div>
    </div>`;
  }
}
