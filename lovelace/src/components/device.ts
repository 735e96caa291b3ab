import {
  mdiAlert,
  mdiHelpCircleOutline,
  mdiMicrophone,
  mdiMicrophoneOff,
  mdiTimerSand,
  mdiVideo,
  mdiVideoOff,
} from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { type DeviceSign, deviceSign, isShownOn, isWell } from "../model/device-sign.ts";
import { deviceErrorWords } from "../model/problem.ts";
import type { Device, DeviceKind, Pending } from "../protocol.ts";
import { base } from "../styles.ts";
import type { Texts } from "../texts.ts";
import { askFor } from "./command.ts";
import { icon } from "./icon.ts";

const OPEN = { camera: mdiVideo, microphone: mdiMicrophone };
const CLOSED = { camera: mdiVideoOff, microphone: mdiMicrophoneOff };

/** Whether the camera or microphone is open: as observed, not as asked for. A tap switches it. */
export class MiraDevice extends LitElement {
  static override styles = [
    base,
    css`
      button {
        display: flex;
        align-items: center;
        justify-content: center;
        gap: calc(1.4 * var(--u));
        min-block-size: var(--touch);
        min-inline-size: var(--touch);
        font-size: var(--small);
        line-height: 1.2;
        color: var(--soft);
      }
      .on,
      .still_open {
        color: var(--bright);
      }
      .starting .icon,
      .pending .icon {
        animation: breathe 1.2s ease-in-out infinite;
      }
      .failed,
      .recording,
      .unknown,
      .not_open,
      .still_open {
        color: var(--warning);
      }
      .failed,
      .no_signal {
        align-items: flex-start;
        color: var(--problem);
      }
      .reason {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
        overflow: hidden;
        overflow-wrap: anywhere;
        color: var(--soft);
      }
    `,
  ];

  @property() device: DeviceKind = "camera";
  @property({ type: Boolean }) on = false;
  @property({ attribute: false }) observed: Device | null = null;
  @property({ type: Boolean }) pending = false;
  /** What the mirror asks back since a tap here: another tap takes it back. */
  @property({ attribute: false }) question: Pending | null = null;
  @property({ attribute: false }) texts!: Texts;

  /** `telling`: there is more to say than its icon does. */
  protected override willUpdate(): void {
    this.toggleAttribute("telling", !isWell(deviceSign(this.on, this.observed)));
  }

  override render(): TemplateResult {
    const sign = deviceSign(this.on, this.observed);
    const words = this.texts[`${this.device}_${sign}`];
    const on = isShownOn(this.on, sign);
    const failed = sign === "failed" || sign === "no_signal";
    const reason = failed && this.observed ? deviceErrorWords(this.observed, this.texts) : null;
    return html`<button
      class="${sign} ${this.pending ? "pending" : ""}"
      role="switch"
      aria-checked=${on}
      aria-busy=${this.pending}
      aria-label="${words}. ${on ? this.texts.turn_off : this.texts.turn_on}"
      data-test=${this.device}
      data-sign=${sign}
      @click=${this.toggle}
    >
      ${icon(this.signIcon(sign))}
      ${
        isWell(sign)
          ? nothing
          : html`<span>
              <span class="words">${words}</span>
              ${reason ? html`<span class="reason" data-test="${this.device}-error">${reason}</span>` : nothing}
            </span>`
      }
    </button>`;
  }

  protected signIcon(sign: DeviceSign): string {
    const icons = {
      on: OPEN[this.device],
      recording: OPEN[this.device],
      still_open: OPEN[this.device],
      off: CLOSED[this.device],
      not_open: CLOSED[this.device],
      starting: mdiTimerSand,
      failed: mdiAlert,
      no_signal: mdiAlert,
      unknown: mdiHelpCircleOutline,
    };
    return this.pending ? mdiTimerSand : icons[sign];
  }

  /** Asks for the other of what is shown, by its name: whatever changed meanwhile, nothing is opened by surprise. */
  protected toggle(): void {
    if (this.pending) return;
    const on = !isShownOn(this.on, deviceSign(this.on, this.observed));
    const command = this.question
      ? { action: "cancel", payload: { command_id: this.question.command_id } }
      : { action: `set_${this.device}`, payload: { on } };
    askFor(this, this.device, command);
  }
}
