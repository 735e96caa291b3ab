import { mdiChevronLeft, mdiChevronRight, mdiSend } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { askFor } from "../components/command.ts";
import { icon } from "../components/icon.ts";
import type { Display } from "../model/display.ts";
import { gestureName } from "../model/gesture.ts";
import { mirrorLink } from "../model/links.ts";
import { openTodos, pageName } from "../model/pages.ts";
import { problemWords } from "../model/problem.ts";
import type { State } from "../protocol.ts";
import { fill } from "../texts.ts";
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

/** As many lines as the small glass has. */
const LINES = 4;

/** The mirror at a glance, and its controls. */
class MiraMirrorCard extends MiraCard<MirrorConfig> {
  static override styles = [
    ...MiraCard.styles,
    css`
      .glass {
        display: flex;
        flex-direction: column;
        gap: 8px;
        min-block-size: 168px;
        box-sizing: border-box;
        padding: 14px 16px;
        border-radius: var(--ha-border-radius-lg, 12px);
        background: #000;
        color: #fff;
      }
      .top {
        display: flex;
        justify-content: space-between;
        gap: 12px;
        color: #ccc;
      }
      .clock {
        font-size: 32px;
        font-weight: 300;
        line-height: 1;
        color: #fff;
      }
      .what {
        margin-block-start: auto;
        overflow-wrap: anywhere;
      }
      .what div {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
      }
      .dim {
        color: #ccc;
      }
      .bad {
        color: #ffc4ba;
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

  #glass(display: Display, state: State): TemplateResult {
    return html`<div class="glass" data-test="glass">
      <div class="top">
        <span class="clock">${this.formats.time(this.now)}</span>
        <span data-test="page" dir="auto">${pageName(state.page, this.texts)}</span>
      </div>
      <div class="what">${this.#what(display, state)}</div>
    </div>`;
  }

  #what({ view, message, gesture }: Display, state: State): TemplateResult | TemplateResult[] {
    if (view?.problem) return html`<div class="bad">${problemWords(view.problem, this.texts)}</div>`;
    if (message) {
      const { title, text } = message.what;
      return html`${title ? html`<div dir="auto">${title}</div>` : nothing}<div class="dim" dir="auto">${text}</div>`;
    }
    if (gesture) return html`<div>${gestureName(gesture.what.name, this.texts)}</div>`;
    if (state.page === "clock") return html`<div class="dim">${this.formats.date(this.now)}</div>`;
    const open = openTodos(state.todos);
    if (open.length === 0) return html`<div class="dim">${this.texts.no_todos}</div>`;
    const rest = open.length - LINES;
    return [
      ...open.slice(0, LINES).map(({ summary }) => html`<div dir="auto">${summary}</div>`),
      rest > 0 ? html`<div class="dim">${fill(this.texts.more, { count: rest })}</div>` : html``,
    ];
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
