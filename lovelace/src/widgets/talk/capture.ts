import { mdiCamera, mdiClose, mdiVideo } from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { askFor } from "../../components/command.ts";
import { icon } from "../../components/icon.ts";
import { define } from "../../define.ts";
import type { Capture } from "../../protocol.ts";
import { base } from "../../styles.ts";
import { isEarly } from "../../taps.ts";
import type { Texts } from "../../texts.ts";

/** Counts down to a photo or a video, so that people look up, and stops it where somebody taps. */
export class MiraCapture extends LitElement {
  static override styles = [
    base,
    css`
      .all {
        display: flex;
        flex-direction: column;
        align-items: center;
        gap: var(--gap);
        animation: arrive var(--motion) var(--ease);
      }
      .count {
        font-size: calc(4 * var(--text));
        line-height: 1;
        font-variant-numeric: tabular-nums;
      }
      .what {
        display: flex;
        align-items: center;
        gap: var(--gap);
      }
      .taking .icon {
        animation: breathe 1.2s ease-in-out infinite;
      }
      button {
        display: flex;
        align-items: center;
        gap: calc(0.8 * var(--gap));
        min-block-size: max(var(--touch), calc(13 * var(--u)));
      }
    `,
  ];

  @property({ attribute: false }) capture!: Capture;
  /** How far the mirror's clock is ahead of this machine's, in milliseconds. */
  @property({ type: Number }) ahead = 0;
  @property({ attribute: false }) pending: ReadonlySet<string> = new Set();
  @property({ attribute: false }) texts!: Texts;

  #timer: ReturnType<typeof setTimeout> | undefined;
  #since = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#since = performance.now();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override updated(_changed: PropertyValues): void {
    clearTimeout(this.#timer);
    // At the very moment of the next number.
    if (this.#left > 0) this.#timer = setTimeout(() => this.requestUpdate(), this.#left % 1_000 || 1_000);
  }

  override render(): TemplateResult {
    const { kind } = this.capture;
    const seconds = Math.ceil(this.#left / 1_000);
    return html`<div class="all ${seconds ? "" : "taking"}" role="status" data-test="capture" data-kind=${kind}>
      ${seconds ? html`<span class="count" data-test="capture-count">${seconds}</span>` : nothing}
      <span class="what">${icon(kind === "video" ? mdiVideo : mdiCamera)} ${this.texts[`capture_${kind}`]}</span>
      <button
        class="target"
        data-test="capture-stop"
        aria-busy=${this.pending.has("end_capture")}
        @click=${(tap: MouseEvent) => this.#stop(tap)}
      >
        ${icon(mdiClose)} ${this.texts.capture_stop}
      </button>
    </div>`;
  }

  /** Milliseconds until it is taken, or begins. */
  get #left(): number {
    return Math.max(0, Date.parse(this.capture.at) - this.ahead - Date.now());
  }

  /** A tap that was meant for the answer in this place stops nothing. */
  #stop(tap: MouseEvent): void {
    if (isEarly(tap, this.#since) || this.pending.has("end_capture")) return;
    const payload = { capture: this.capture.id, outcome: "cancelled" };
    askFor(this, "end_capture", { action: "end_capture", payload });
  }
}

define("mira-capture", MiraCapture);
