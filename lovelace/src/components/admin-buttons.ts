import { mdiClose, mdiCogOutline, mdiMirror } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { define } from "../define.ts";
import type { HomeAssistant } from "../homeassistant.ts";
import { mirrorsOf } from "../model/mirrors.ts";
import { navigate } from "../navigate.ts";
import { base } from "../styles.ts";
import type { Texts } from "../texts.ts";
import { icon } from "./icon.ts";

/** A finger that stays for so long in one place wants out; and so long it is shown the way. */
const HELD_MS = 1_500;
const SHOWN_MS = 6_000;
/** Pixels by which a finger that stays may move. */
const STILL = 20;

/** The way out, for everybody who holds a finger on the glass; administrators see it, and the settings, when they move. */
export class MiraAdminButtons extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        position: absolute;
        z-index: 2;
        inset-block-start: calc(0.5 * var(--margin));
        inset-inline: 0;
        display: flex;
        justify-content: center;
        gap: var(--gap);
        pointer-events: none;
      }
      button {
        pointer-events: auto;
        display: grid;
        place-items: center;
        inline-size: calc(9 * var(--u));
        block-size: calc(9 * var(--u));
        min-inline-size: 44px;
        min-block-size: 44px;
        border-radius: 50%;
        background: var(--background);
        border: calc(0.35 * var(--u)) solid var(--soft);
        color: var(--bright);
        animation: arrive var(--motion) var(--ease);
      }
    `,
  ];

  @property({ attribute: false }) hass!: HomeAssistant;
  /** Whether somebody has just moved. */
  @property({ type: Boolean }) moved = false;
  @property({ attribute: false }) texts!: Texts;
  /** Whether a finger was held. */
  @state() private held = false;
  #down: { x: number; y: number } | null = null;
  #meant = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("pointerdown", this.#touched, true);
    window.addEventListener("pointermove", this.#slid, true);
    window.addEventListener("click", this.#clicked, true);
    for (const name of ENDS) window.addEventListener(name, this.#let, true);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("pointerdown", this.#touched, true);
    window.removeEventListener("pointermove", this.#slid, true);
    window.removeEventListener("click", this.#clicked, true);
    for (const name of ENDS) window.removeEventListener(name, this.#let, true);
    clearTimeout(this.#timer);
  }

  protected override render(): TemplateResult | typeof nothing {
    const admin = this.hass.user?.is_admin === true;
    if (!this.held && !(admin && this.moved)) return nothing;
    return html`
      ${this.#button("close", mdiClose, "/")}
      ${mirrorsOf(this.hass).length > 1 ? this.#button("mirrors", mdiMirror, "/mira/mirrors") : nothing}
      ${admin ? this.#button("settings", mdiCogOutline, "/mira/settings") : nothing}
    `;
  }

  #button(name: "close" | "mirrors" | "settings", path: string, to: string): TemplateResult {
    return html`<button data-test=${name} aria-label=${this.texts[name]} @click=${() => navigate(to)}>${icon(path)}</button>`;
  }

  #touched = ({ clientX, clientY }: PointerEvent): void => {
    this.#down = { x: clientX, y: clientY };
    this.#meant = false;
    if (this.held) return; // the buttons are shown: a tap on or beside them leaves their time as it is
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.held = true;
      this.#meant = true;
      this.#timer = setTimeout(() => {
        this.held = false;
      }, SHOWN_MS);
    }, HELD_MS);
  };

  #slid = ({ clientX, clientY }: PointerEvent): void => {
    if (this.#down && Math.hypot(clientX - this.#down.x, clientY - this.#down.y) > STILL) this.#let();
  };

  /** The finger that was held meant the way out, and not what it was held on. */
  #clicked = (click: MouseEvent): void => {
    if (this.#meant && click.detail > 0) click.stopImmediatePropagation();
  };

  #let = (): void => {
    if (this.#down && !this.held) clearTimeout(this.#timer);
    this.#down = null;
  };
}

const ENDS = ["pointerup", "pointercancel"] as const;

define("mira-admin-buttons", MiraAdminButtons);
