import {
  mdiArrowDown,
  mdiArrowUp,
  mdiChevronLeft,
  mdiHandBackRight,
  mdiHelpCircleOutline,
  mdiPlay,
  mdiStop,
  mdiThermometer,
  mdiWaterPercent,
  mdiWindowClosedVariant,
  mdiWindowOpenVariant,
} from "@mdi/js";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { askFor, lookAt } from "../../components/command.ts";
import { icon } from "../../components/icon.ts";
import { Feeds } from "../../feeds.ts";
import { FitRows, rowsStyle } from "../../fit-rows.ts";
import type { TouchCommand } from "../../homeassistant.ts";
import { type Display, isFresh } from "../../model/display.ts";
import { hyphenated } from "../../model/hyphens.ts";
import type { LiveAir, MirrorWindow, WindowsPart } from "../../protocol.ts";
import { base } from "../../styles.ts";
import { fill } from "../../texts.ts";
import { MiraWidget, widgetStyle } from "../widget.ts";
import { nameOf } from "./names.ts";
import { isHeld, type Room, roomsOf, wayOf, whyWords } from "./rooms.ts";
import type english from "./texts/en.json";

/** The air makes room for others when more than this many rooms are there. */
const LEAST_ROWS = 2;
const HOLD_MINUTES = 120;
/** Whoever has left does not want to see one window alone. */
const LEFT_MS = 60_000;

type Aired = Room & { window: MirrorWindow };

/** The air of each room, how far its window is open and why; a tap on a window moves it. */
export default class MiraAir extends MiraWidget<Record<string, unknown>, typeof english> {
  static override styles = [
    base,
    widgetStyle,
    rowsStyle,
    css`
      .rows {
        --columns: var(--list-columns, 1);
        block-size: var(--list-height, auto);
        flex-wrap: var(--list-wrap, nowrap);
        align-content: flex-start;
        column-gap: calc(3 * var(--gap));
      }
      .row {
        inline-size: calc((100% - (var(--columns) - 1) * 3 * var(--gap)) / var(--columns));
      }
      .room {
        display: flex;
        align-items: flex-start;
        gap: var(--gap);
        inline-size: 100%;
        text-align: start;
      }
      .words {
        flex: 1;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        column-gap: var(--gap);
        font-size: var(--text);
      }
      .name {
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
      .stands,
      .air,
      .value {
        display: flex;
        align-items: center;
        column-gap: 0.25em;
        font-variant-numeric: tabular-nums;
      }
      .stands {
        font-weight: 500;
      }
      .air {
        flex-wrap: wrap;
        column-gap: var(--gap);
        font-size: var(--small);
        color: var(--soft);
      }
      :is(.stands, .value) .icon {
        inline-size: 1.05em;
        block-size: 1.05em;
      }
      .why {
        color: var(--bright);
      }
      .faulty,
      .faulty .why {
        color: var(--warning);
      }
      .alone {
        inline-size: 100%;
      }
      .back {
        display: flex;
        align-items: center;
        gap: var(--gap);
        inline-size: 100%;
      }
      .back .icon:dir(rtl) {
        transform: scaleX(-1);
      }
      .wishes {
        display: flex;
        flex-wrap: wrap;
        gap: calc(0.8 * var(--gap));
        margin-block-start: var(--gap);
      }
      .wish {
        display: flex;
        align-items: center;
        gap: calc(0.5 * var(--gap));
        min-block-size: max(var(--touch), calc(10 * var(--u)));
        padding-inline: var(--gap);
        font-size: var(--small);
      }
      .wish .icon {
        inline-size: 1.2em;
        block-size: 1.2em;
      }
      .wish[aria-busy="true"] .icon {
        animation: breathe 1.2s ease-in-out infinite;
      }
    `,
  ];

  @property({ attribute: false }) override display!: Display;
  /** The window that somebody looks at. */
  @state() private chosen: string | null = null;
  #feeds = new Feeds<{ live: LiveAir }>(this, () => this.#requests());
  #rows = new FitRows(this, undefined, LEAST_ROWS);
  #left: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#choose(null);
  }

  protected override shows(): boolean {
    return this.#rooms().length > 0;
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (this.chosen && !(this.chosen in (this.#part?.windows ?? {}))) this.#choose(null);
  }

  override render(): TemplateResult {
    const rooms = this.#rooms();
    const chosen = rooms.find((room): room is Aired => room.id === this.chosen && room.window !== null);
    return chosen
      ? this.#alone(chosen)
      : html`<div class="rows" data-test="air">
          ${repeat(
            rooms,
            ({ id, window }) => `${window ? "window" : "room"} ${id}`,
            (room, index) =>
              html`<div class="row ${index < this.#rows.shown ? "" : "unseen"}">${this.#room(room)}</div>`,
          )}
        </div>`;
  }

  get #part(): WindowsPart | undefined {
    return this.display.view?.state?.parts?.windows;
  }

  get #live(): LiveAir | undefined {
    return this.#feeds.latest.get("air")?.live;
  }

  /** The mirror's time, as fine as it is shown. */
  get #now(): number {
    return this.minute * 60_000;
  }

  #rooms(): Room[] {
    return this.#part ? roomsOf(this.#part, this.#live, this.#now) : [];
  }

  #requests(): Record<string, { type: string; entry_id: string }> {
    const mirror = this.display.view?.mirror;
    return mirror && this.#part ? { air: { type: "mira/air", entry_id: mirror.entry_id } } : {};
  }

  #room(room: Room): TemplateResult {
    const { id, window } = room;
    if (!window) return html`<div class="room" data-test="room" data-room=${id}>${this.#words(room)}</div>`;
    const choose = (tap: MouseEvent) => {
      if (!this.#rows.isMissed(tap)) this.#choose(id);
    };
    return html`<button
      class="room ${window.fault ? "faulty" : ""}"
      data-test="room"
      data-room=${id}
      @click=${choose}
    >
      ${this.#words(room)}
    </button>`;
  }

  #words(room: Room): TemplateResult {
    const { id, window } = room;
    const path = window && (window.position ?? window.target) ? mdiWindowOpenVariant : mdiWindowClosedVariant;
    const why = window ? this.#why(room as Aired) : "";
    return html`${icon(window ? path : mdiThermometer)}
      <span class="words">
        <span class="head">
          <span class="name" dir="auto">${hyphenated(nameOf(this.hass, id, this.#mirror))}</span>
          ${window ? this.#stands(window) : nothing}
        </span>
        ${this.#air(room)}
        ${why ? html`<span class="second why" data-test="air-why" dir="auto">${why}</span>` : nothing}
      </span>`;
  }

  get #mirror(): string {
    return this.display.view?.mirror.unique_id ?? "";
  }

  #why(room: Aired): string {
    const state = this.display.view?.state ?? {};
    const part = this.#part as WindowsPart;
    const { formats } = this;
    const situation = {
      ...{ state, part, live: this.#live, now: this.#now },
      time: (moment: number) => formats.time(moment),
      percent: (share: number) => formats.percent(share),
    };
    return whyWords(room, situation, this.ownTexts, this.texts);
  }

  /** How far it is open, and where it is going. */
  #stands(window: MirrorWindow): TemplateResult {
    const position = window.position ?? window.target;
    const way = wayOf(window);
    const words = position === null ? this.ownTexts.unknown : this.#position(position);
    if (!way) return html`<span class="stands" data-test="stands">${words}</span>`;
    const going = fill(way.opens ? this.ownTexts.opens_to : this.ownTexts.shuts_to, {
      position: this.#position(way.to),
    });
    return html`<span class="stands" data-test="stands" data-way=${way.opens ? "opens" : "shuts"}>
      ${position === null ? nothing : words} ${icon(way.opens ? mdiArrowUp : mdiArrowDown)}
      <span role="img" aria-label=${going}>${this.#position(way.to)}</span>
    </span>`;
  }

  #position(position: number): string {
    return position === 0 ? this.ownTexts.shut : this.formats.percent(position / 100);
  }

  #air({ air }: Room): TemplateResult | typeof nothing {
    const { temperature, humidity } = air ?? {};
    const values = [
      typeof temperature === "number"
        ? this.#value(mdiThermometer, this.ownTexts.temperature, this.formats.degrees(temperature))
        : nothing,
      typeof humidity === "number"
        ? this.#value(mdiWaterPercent, this.ownTexts.humidity, this.formats.percent(humidity / 100))
        : nothing,
    ];
    return air ? html`<span class="air" data-test="air-values">${values}</span>` : nothing;
  }

  #value(path: string, label: string, words: string): TemplateResult {
    return html`<span class="value" role="img" aria-label="${label}: ${words}">${icon(path)} ${words}</span>`;
  }

  /** One window, and what can be done with it. */
  #alone(room: Aired): TemplateResult {
    const { id, window } = room;
    const { ownTexts } = this;
    const held = isHeld(window, this.#now);
    const position = window.position ?? window.target;
    const change = this.display.view?.state?.last_changes?.[`window:${id}`];
    const set = (to: number | "stop"): TouchCommand => ({
      action: "set_window",
      payload: { window: id, position: to },
    });
    return html`<div class="alone" data-test="window" data-room=${id}>
      <button class="back" data-test="air-back" @click=${() => this.#choose(null)}>
        <span role="img" aria-label=${ownTexts.back}>${icon(mdiChevronLeft)}</span> ${this.#words(room)}
      </button>
      <div class="wishes">
        ${window.run ? this.#wish("stop", id, mdiStop, set("stop")) : nothing}
        ${position === 100 && !window.run ? nothing : this.#wish("open", id, mdiArrowUp, set(100))}
        ${position === 0 && !window.run ? nothing : this.#wish("shut", id, mdiArrowDown, set(0))}
        ${
          held
            ? this.#wish("resume", id, mdiPlay, { action: "resume_window", payload: { window: id } })
            : this.#wish("hold", id, mdiHandBackRight, {
                action: "hold_window",
                payload: { window: id, minutes: HOLD_MINUTES },
              })
        }
        ${change ? this.#explain(change.command_id) : nothing}
      </div>
    </div>`;
  }

  #wish(
    name: "open" | "shut" | "stop" | "hold" | "resume",
    id: string,
    path: string,
    command: TouchCommand,
  ): TemplateResult {
    const key = `${name} ${id}`;
    const waits = this.display.pending.has(key);
    const ask = () => {
      this.#choose(id);
      if (!waits) askFor(this, key, command);
    };
    return html`<button
      class="target wish"
      data-test="air-${name}"
      aria-busy=${waits}
      ?disabled=${!isFresh(this.display)}
      @click=${ask}
    >
      ${icon(path)} <span>${this.ownTexts[`ask_${name}`]}</span>
    </button>`;
  }

  #explain(command: string): TemplateResult {
    return html`<button class="target wish" data-test="air-explain" @click=${() => lookAt(this, command)}>
      ${icon(mdiHelpCircleOutline)} <span>${this.ownTexts.ask_why}</span>
    </button>`;
  }

  #choose(chosen: string | null): void {
    clearTimeout(this.#left);
    this.chosen = chosen;
    if (chosen !== null) this.#left = setTimeout(() => this.#choose(null), LEFT_MS);
  }
}
