import { mdiChevronLeft, mdiChevronRight, mdiSend } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import { askFor } from "../components/command.ts";
import { icon } from "../components/icon.ts";
import type { HomeAssistant } from "../homeassistant.ts";
import type { Display } from "../model/display.ts";
import { mirrorLink } from "../model/links.ts";
import { pageName } from "../model/pages.ts";
import type { Settings } from "../model/settings.ts";
import type { State } from "../protocol.ts";
import "../settings/preview.ts";
import { type CardConfig, type CardField, cardFile, MiraCard } from "./card.ts";
import { deviceSwitch } from "./privacy.ts";

interface MirrorConfig extends CardConfig {
  glass?: boolean;
  pages?: boolean;
  devices?: boolean;
  message?: boolean;
}

const FIELDS: readonly CardField[] = ["glass", "pages", "devices", "message"].map((name) => ({
  name,
  selector: { boolean: {} },
  default: true,
}));

/** The mirror at a glance, and its controls. */
class MiraMirrorCard extends MiraCard<MirrorConfig> {
  static override styles = [
    ...MiraCard.styles,
    css`
      mira-preview {
        inline-size: 100%;
        margin-inline: auto;
      }
      mira-preview:not([across]) {
        max-inline-size: 220px;
      }
      .pages {
        display: flex;
        align-items: center;
        justify-content: space-between;
      }
      .pages .line {
        justify-content: center;
      }
      .state {
        flex: none;
        color: var(--secondary-text-color);
      }
      .state.reconnecting {
        color: var(--problem);
      }
      form {
        display: flex;
        gap: 8px;
      }
    `,
  ];

  /** Every state counts: widgets show them. */
  @property({ attribute: false }) override hass?: HomeAssistant;
  #settled: [Settings, Settings] = [{}, {}];

  protected override get tellsAll(): boolean {
    return true;
  }

  protected override head(display: Display): TemplateResult {
    const link = mirrorLink(display);
    return html`<span class="state ${link}" role="status" data-test="link" data-state=${link}>${this.texts[link]}</span>`;
  }

  protected override body(display: Display): TemplateResult {
    const state = display.view?.state;
    if (!state) return html``;
    const { glass, pages, devices, message } = this.options;
    return html`
      ${glass ? this.#glass(display, state) : nothing} ${pages ? this.#pages(display, state) : nothing}
      ${
        devices
          ? html`<div class="line">
              ${deviceSwitch(this, display, state, "microphone", false)} ${deviceSwitch(this, display, state, "camera", false)}
            </div>`
          : nothing
      }
      ${message ? this.#message() : nothing}
    `;
  }

  /** The display itself, small; another one for another mirror, as it stays with the one that it was made for. */
  #glass(display: Display, state: State): TemplateResult {
    const settings = display.view?.display ?? {};
    const entryId = this.known?.entryId ?? "";
    return html`${keyed(
      entryId,
      html`<mira-preview
        role="img"
        aria-label="${this.words.section_glass}: ${pageName(state.page, this.texts)}"
        data-test="glass"
        ?across=${settings.orientation === "landscape"}
        .hass=${this.hass}
        .settings=${this.#awake(settings)}
        .entryId=${entryId}
      ></mira-preview>`,
    )}`;
  }

  /** The settings without those of darkness: a display is dark when nobody is before it, and a card is looked at. */
  #awake(settings: Settings): Settings {
    if (this.#settled[0] !== settings)
      this.#settled = [settings, { ...settings, comfort: { pixel_shift: false } }];
    return this.#settled[1];
  }

  #pages(display: Display, state: State): TemplateResult {
    const turn = (action: string, label: string, path: string) =>
      html`<button class="tap bare" aria-label=${label} data-test=${action} @click=${() => askFor(this, "page", { action, payload: {} })}>
        ${icon(path)}
      </button>`;
    return html`<div class="pages" role="group" aria-label=${this.texts.page} aria-busy=${display.pending.has("page")}>
      ${turn("previous_page", this.words.page_before, mdiChevronLeft)}
      <div class="line">
      ${state.pages.map((page) => {
        const show = () => askFor(this, "page", { action: "show_page", payload: { page } });
        return html`<button
          class="tap ${page === state.page ? "current" : ""}"
          aria-pressed=${page === state.page}
          data-test="show-${page}"
          @click=${show}
        >
          <bdi>${pageName(page, this.texts)}</bdi>
        </button>`;
      })}
      </div>
      ${turn("next_page", this.words.page_after, mdiChevronRight)}
    </div>`;
  }

  #message(): TemplateResult {
    return html`<form @submit=${this.#send}>
      <input type="text" name="text" maxlength="500" autocomplete="off" placeholder=${this.words.message} aria-label=${this.words.message} />
      <button class="tap" aria-label=${this.words.send} data-test="send">${icon(mdiSend)}</button>
    </form>`;
  }

  #send(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const text = String(new FormData(form).get("text")).trim();
    if (!text) return;
    askFor(this, "message", { action: "show_message", payload: { text } });
    form.reset();
  }
}

export default cardFile("mira-mirror", MiraMirrorCard, FIELDS);
