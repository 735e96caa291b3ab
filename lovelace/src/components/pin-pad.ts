import { mdiCheck, mdiClose, mdiUndoVariant } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { define } from "../define.ts";
import { EverySecond } from "../every-second.ts";
import type { Access } from "../protocol.ts";
import { base } from "../styles.ts";
import { isEarly } from "../taps.ts";
import { fill, type Texts } from "../texts.ts";
import { PIN_TAPPED } from "./command.ts";
import { icon } from "./icon.ts";

const SHORTEST = 4;
const LONGEST = 12;
const IDLE_MS = 30_000;
const MINUTE = 60_000;
/** A touch panel that sends a tap twice sends the second at once; people need twice as long for the same key again. */
const REPEAT_MS = 120;

/** Takes a PIN. Its digits are in no attribute, no text and no property: what is drawn are dots. */
export class MiraPinPad extends LitElement {
  static override styles = [
    base,
    css`
      .all {
        display: flex;
        flex-direction: column;
        gap: calc(0.8 * var(--gap));
        max-inline-size: calc(74 * var(--u));
        margin-inline: auto;
        animation: arrive var(--motion) var(--ease);
      }
      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        min-block-size: calc(9 * var(--u));
        font-size: var(--text);
        font-weight: 500;
      }
      .dots {
        display: flex;
        gap: calc(1.6 * var(--u));
      }
      .dots i {
        inline-size: calc(2.6 * var(--u));
        block-size: calc(2.6 * var(--u));
        border-radius: 50%;
        background: var(--bright);
        animation: arrive 120ms var(--ease);
      }
      .word {
        min-block-size: 1.2em;
        font-size: var(--small);
        line-height: 1.2;
        color: var(--warning);
        font-variant-numeric: tabular-nums;
      }
      .keys {
        display: grid;
        grid-template-columns: repeat(3, 1fr);
        gap: var(--gap);
        direction: ltr;
      }
      button {
        display: grid;
        place-items: center;
        block-size: max(var(--touch), calc(13.5 * var(--u)));
        font-size: calc(7 * var(--u));
        font-weight: 400;
      }
      .bare {
        border-color: transparent;
      }
      .head button {
        inline-size: calc(13.5 * var(--u));
        margin-inline-end: calc(-3 * var(--u));
      }
      [aria-disabled="true"] {
        border-style: dashed;
      }
      [aria-busy="true"] .icon {
        animation: breathe 1.2s ease-in-out infinite;
      }
    `,
  ];

  @property({ attribute: false }) access: Access = {};
  /** Milliseconds that the mirror's clock is ahead of this one. */
  @property({ type: Number }) ahead = 0;
  /** Whether a PIN is on its way. */
  @property({ type: Boolean }) busy = false;
  @property({ attribute: false }) texts!: Texts;
  @state() private count = 0;

  #digits = "";
  /** The keys on which fingers lie; and when each was last let go. */
  readonly #down = new Map<number, string>();
  readonly #up = new Map<string, number>();
  #since = 0;
  #touched = performance.now();
  protected seconds = new EverySecond(this);

  override connectedCallback(): void {
    super.connectedCallback();
    this.#since = performance.now();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#enter("");
  }

  protected override willUpdate(): void {
    if (performance.now() - this.#touched >= IDLE_MS) this.#tell(null);
  }

  override render(): TemplateResult {
    const { texts } = this;
    return html`<div class="all" role="dialog" aria-label=${texts.pin} data-test="pin-pad">
      <div class="head">
        <span>${texts.pin}</span>
        <span class="dots" data-test="pin-dots" role="img" aria-label=${this.count}>
          ${Array.from({ length: this.count }, () => html`<i></i>`)}
        </span>
        <button class="target bare" data-test="pin-cancel" aria-label=${texts.pin_cancel} @click=${() => this.#tell(null)}>
          ${icon(mdiClose)}
        </button>
      </div>
      <div class="word" role="status" data-test="pin-word">${this.#word()}</div>
      <div class="keys">
        ${[..."123456789"].map((digit) => this.#digit(digit))}
        ${this.#key("back", icon(mdiUndoVariant), () => this.#enter(this.#digits.slice(0, -1)), texts.undo)}
        ${this.#digit("0")}
        <button
          class="target"
          data-test="pin-ok"
          aria-label=${texts.pin_ok}
          aria-busy=${this.busy}
          aria-disabled=${this.count < SHORTEST || this.#waitMs() > 0}
          @click=${this.#give}
        >
          ${icon(mdiCheck)}
        </button>
      </div>
    </div>`;
  }

  #digit(digit: string): TemplateResult {
    return this.#key(digit, digit, () => this.#enter(this.#digits + digit));
  }

  /** Takes one touch down and up, however fast others follow, and by several fingers: clicks come of the first alone. */
  #key(name: string, sign: unknown, press: () => void, label?: string): TemplateResult {
    const down = ({ pointerId }: PointerEvent) => this.#down.set(pointerId, name);
    const up = ({ pointerId, timeStamp, clientX: x, clientY: y, currentTarget }: PointerEvent) => {
      // A finger that slid away is still told to the key on which it was put down.
      const { left, right, top, bottom } = (currentTarget as Element).getBoundingClientRect();
      const on = x >= left && x <= right && y >= top && y <= bottom;
      const fits = on && this.#down.get(pointerId) === name;
      this.#down.delete(pointerId);
      // Not the end of the tap that led here, sent twice.
      if (!fits || isEarly({ detail: 1, timeStamp }, this.#since)) return;
      if (timeStamp - (this.#up.get(name) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return;
      this.#up.set(name, timeStamp);
      press();
    };
    const click = ({ detail }: MouseEvent) => detail === 0 && press(); // by a key
    return html`<button
      class="target ${label ? "bare" : ""}"
      data-test="pin-${name}"
      aria-label=${label ?? nothing}
      aria-disabled=${!label && this.#waitMs() > 0 ? "true" : nothing}
      @pointerdown=${down}
      @pointerup=${up}
      @click=${click}
    >
      ${sign}
    </button>`;
  }

  /** Milliseconds until a PIN is compared again. */
  #waitMs(): number {
    const until = this.access.blocked_until;
    return until ? Math.max(0, Date.parse(until) - this.ahead - Date.now()) : 0;
  }

  #word(): string {
    const { texts } = this;
    const wait = this.#waitMs();
    if (wait > 0) {
      const long = wait > 2 * MINUTE;
      const count = Math.ceil(wait / (long ? MINUTE : 1_000));
      return fill(texts.pin_wait, { time: fill(long ? texts.minutes : texts.seconds, { count }) });
    }
    return this.access.wrong_tries ? fill(texts.pin_wrong, { count: this.access.wrong_tries }) : "";
  }

  #enter(digits: string): void {
    this.#touched = performance.now();
    if (digits.length > LONGEST || (digits && (this.busy || this.#waitMs() > 0))) return;
    this.#digits = digits;
    this.count = digits.length;
  }

  #give(): void {
    if (this.count < SHORTEST || this.busy || this.#waitMs() > 0) return;
    const pin = this.#digits;
    this.#enter("");
    this.#tell(pin);
  }

  #tell(pin: string | null): void {
    this.dispatchEvent(new CustomEvent(PIN_TAPPED, { detail: pin, bubbles: true, composed: true }));
  }
}

define("mira-pin-pad", MiraPinPad);
