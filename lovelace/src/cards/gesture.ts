import { mdiCheck, mdiClose } from "@mdi/js";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { gestureIcon } from "../components/gesture-icons.ts";
import { icon } from "../components/icon.ts";
import type { Display } from "../model/display.ts";
import { momentWords } from "../model/due.ts";
import { gestureName } from "../model/gesture.ts";
import { refusalOf } from "../model/refusal.ts";
import { refusalWords } from "../model/refusal-words.ts";
import type { MiraEvent } from "../protocol.ts";
import { type CardConfig, type CardField, cardFile, MiraCard } from "./card.ts";

interface GestureConfig extends CardConfig {
  live?: boolean;
  refused?: boolean;
  count?: number;
}

const FIELDS: readonly CardField[] = [
  { name: "live", selector: { boolean: {} }, default: true },
  { name: "refused", selector: { boolean: {} }, default: true },
  { name: "count", selector: { number: { min: 1, max: 50, mode: "box" } }, default: 5 },
];

/** The last gestures with what came of them, and a ring that fills while a pose is held. */
class MiraGestureCard extends MiraCard<GestureConfig> {
  static override styles = [
    ...MiraCard.styles,
    css`
      .live {
        display: flex;
        align-items: center;
        min-block-size: 52px;
      }
      mira-hands {
        gap: 24px;
      }
      mira-hands[holding] ~ .note {
        display: none;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .share {
        flex: none;
        inline-size: 64px;
        text-align: end;
        font-variant-numeric: tabular-nums;
      }
      .bar {
        block-size: 4px;
        border-radius: 2px;
        background: var(--divider-color);
      }
      .bar i {
        display: block;
        block-size: 100%;
        border-radius: 2px;
        background: var(--primary-color);
      }
      .refused .bar i {
        background: var(--secondary-text-color);
      }
      .name {
        font-size: var(--text);
      }
      .name .icon {
        --icon: 18px;
        vertical-align: -3px;
      }
    `,
  ];

  @state() private log: readonly MiraEvent[] = [];
  #read: readonly unknown[] = [];

  protected override get live(): boolean {
    return this.options.live === true;
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const display = this.mirror?.display;
    if (!display?.view?.connected || !this.known) return;
    const { count, refused } = this.options;
    const seen = [display.gesture?.what ?? this.#read[0], display.refusal?.what ?? this.#read[1]];
    const read = [...seen, this.known.entryId, count, refused];
    if (read.every((one, index) => one === this.#read[index])) return;
    this.#read = read;
    void this.#readLog(this.known.entryId);
  }

  /** The last decisions on gestures. */
  async #readLog(entry_id: string): Promise<void> {
    const event_type = this.options.refused ? ["accepted", "rejected"] : ["accepted"];
    const request = {
      type: "mira/events",
      entry_id,
      event_type,
      action: "gesture",
      limit: this.options.count,
    };
    try {
      const page = await this.hass?.connection.sendMessagePromise<{ events: MiraEvent[] }>(request);
      if (entry_id === this.known?.entryId) this.log = page?.events ?? [];
    } catch {
      this.#read = []; // tried again with the next change
    }
  }

  protected override body(display: Display): TemplateResult {
    return html`
      ${this.options.live ? this.#hands(display) : nothing}
      ${this.log.length === 0 ? html`<p class="note">${this.words.no_gestures}</p>` : nothing}
      <ul>
        ${this.log.map((event) => this.#gesture(event))}
      </ul>
    `;
  }

  #hands({ view }: Display): TemplateResult {
    const open = view?.devices.camera?.capture === "open";
    return html`<div class="live" data-test="live">
      <mira-hands .live=${this.mirror?.live} .formats=${this.formats} .texts=${this.texts}></mira-hands>
      <p class="note">${open ? this.words.no_hand : this.words.not_watching}</p>
    </div>`;
  }

  #gesture(event: MiraEvent): TemplateResult {
    const refused = event.type === "rejected";
    const name = String(event.payload?.name ?? "");
    const why = refused ? refusalWords(refusalOf(event), this.texts, this.formats).why : "";
    const confidence = event.confidence ?? null;
    return html`<li class="row ${refused ? "refused" : ""}" data-test="gesture" data-gesture=${name}>
      ${icon(gestureIcon(name))}
      <span class="words">
        <div class="name">${gestureName(name, this.texts)} ${icon(refused ? mdiClose : mdiCheck, refused ? "warning" : "soft")}</div>
        <div class="soft">${momentWords(Date.parse(event.ts), this.now, this.formats, this.texts)}${why ? ` · ${why}` : ""}</div>
      </span>
      ${
        confidence === null
          ? nothing
          : html`<span class="share">
              ${this.formats.percent(confidence)}
              <div class="bar"><i style="inline-size: ${confidence * 100}%"></i></div>
            </span>`
      }
    </li>`;
  }
}

export default cardFile("mira-gesture", MiraGestureCard, FIELDS);
