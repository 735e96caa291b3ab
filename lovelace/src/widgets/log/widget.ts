import {
  mdiAccountVoice,
  mdiCheckCircleOutline,
  mdiChevronLeft,
  mdiChevronRight,
  mdiClose,
  mdiCloseCircleOutline,
  mdiGestureTap,
  mdiHandBackRight,
  mdiHelpCircleOutline,
  mdiRobot,
} from "@mdi/js";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { lookAt } from "../../components/command.ts";
import { icon } from "../../components/icon.ts";
import { define } from "../../define.ts";
import { EventLog } from "../../event-log.ts";
import { FitRows, MOST_ROWS, rowsStyle } from "../../fit-rows.ts";
import type { Display } from "../../model/display.ts";
import { momentWords } from "../../model/due.ts";
import type { Explanation } from "../../model/explanation.ts";
import { type LogFilter, type Outcome, outcomeOf, reasonOf, rivalOf, wishWords } from "../../model/log.ts";
import type { MiraEvent, Source } from "../../protocol.ts";
import { base } from "../../styles.ts";
import { fill, type LogTexts, logTextsOf } from "../../texts.ts";
import { MiraWidget, widgetStyle } from "../widget.ts";
import type { LogOptions } from "./settings.ts";
import { MiraWhy } from "./why.ts";

/** Of whom alone a tap shows the decisions. */
const SOURCES: [Source, string][] = [
  ["touch", mdiGestureTap],
  ["voice", mdiAccountVoice],
  ["gesture", mdiHandBackRight],
  ["automation", mdiRobot],
];

const OUTCOMES: Record<Outcome, string> = {
  done: mdiCheckCircleOutline,
  refused: mdiCloseCircleOutline,
  asked: mdiHelpCircleOutline,
};

/** No setting: the id of a command that somebody only looks up, and leaves again. */
interface LookUp {
  about?: string;
}

/** What the mirror decided, newest first, and why: a tap on a decision explains it. */
export default class MiraLog extends MiraWidget<LogOptions> {
  static override styles = [
    base,
    widgetStyle,
    rowsStyle,
    css`
      :host {
        --chip: max(var(--touch), calc(11 * var(--u)));
        flex: 1;
        inline-size: 100%;
      }
      nav {
        display: flex;
        gap: calc(0.8 * var(--gap));
        block-size: var(--chip);
        margin-block-end: calc(1.4 * var(--gap));
      }
      .chip {
        display: grid;
        place-items: center;
        flex: 1;
        max-inline-size: calc(16 * var(--u));
      }
      .chip[disabled] {
        visibility: hidden;
      }
      .chip[aria-pressed="true"] {
        background: var(--bright);
        border-color: var(--bright);
        color: var(--background);
      }
      .rows {
        --columns: var(--list-columns, 1);
        block-size: calc(100% - var(--chip) - 1.4 * var(--gap));
        flex-flow: column wrap;
        align-content: flex-start;
        column-gap: calc(3 * var(--gap));
      }
      li {
        inline-size: calc((100% - (var(--columns) - 1) * 3 * var(--gap)) / var(--columns));
      }
      .entry {
        display: flex;
        align-items: flex-start;
        gap: var(--gap);
        inline-size: 100%;
        text-align: start;
      }
      .first,
      .second {
        -webkit-line-clamp: 1;
      }
      .refused > .icon,
      .why {
        color: var(--warning);
      }
      .turn:dir(rtl) .icon {
        transform: scaleX(-1);
      }
      .nothing {
        font-size: var(--text);
      }
    `,
  ];

  @property({ attribute: false }) override display?: Display;
  /** Null: as the options say. */
  @state() private filter: LogFilter | null = null;
  /** The decision that is explained. */
  @state() private chosen: MiraEvent | null = null;
  @state() private explanation: Explanation | null = null;
  /** The first decision on this page; null: the newest, whichever that is. */
  @state() private top: number | null = null;
  @state() private words: LogTexts | null = null;
  #log = new EventLog(this);
  #rows = new FitRows(this);
  #language = "";
  /** What was looked up. */
  #about = "";

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.chosen = null;
    this.top = null;
    this.#about = "";
  }

  protected override shows(): boolean {
    return Boolean(this.display?.view);
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    void this.#speak(this.hass.locale?.language || this.hass.language);
    const mirror = this.display?.view?.mirror;
    if (mirror) this.#log.follow(this.hass, mirror.entry_id, this.#filter());
    const before = changed.get("display") as Display | undefined;
    if (before?.view?.connected === false && this.display?.view?.connected) this.#log.refresh();
    const { about } = this.options as LookUp;
    if (!about || about === this.#about || !this.#log.read) return;
    this.#about = about;
    const event = this.#log.events.find(({ command_id }) => command_id === about);
    if (event) void this.#explain(event);
  }

  override render(): TemplateResult | typeof nothing {
    const { words } = this;
    if (!words) return nothing;
    if (this.chosen) return this.#why(this.chosen, words);
    const shown = this.#shown();
    return html`${this.#chips(shown, words)}
      <ul class="rows" data-test="log">
        ${repeat(
          shown.slice(0, MOST_ROWS),
          ({ seq }) => seq,
          (event, index) =>
            html`<li class="row ${index < this.#rows.shown ? "" : "unseen"}">${this.#entry(event, words)}</li>`,
        )}
        ${shown.length === 0 ? html`<li class="nothing" data-test="log-empty">${this.#nothing(words)}</li>` : nothing}
      </ul>`;
  }

  #filter(): LogFilter {
    return this.filter ?? { source: null, refused: this.options.refused };
  }

  /** The decisions from the top of this page on. */
  #shown(): readonly MiraEvent[] {
    const { top } = this;
    return top === null ? this.#log.events : this.#log.events.filter(({ seq }) => seq <= top);
  }

  #nothing(words: LogTexts): string {
    const { trouble, read } = this.#log;
    if (trouble) return fill(words.cannot_read, { trouble });
    if (!read) return words.loading;
    const { source, refused } = this.#filter();
    return source || refused ? words.nothing_fits : words.empty;
  }

  /** What to show, and the pages of it. */
  #chips(shown: readonly MiraEvent[], words: LogTexts): TemplateResult {
    const { source, refused } = this.#filter();
    const older = shown[this.#rows.shown] || this.#log.more;
    return html`<nav>
      ${SOURCES.map(([name, path]) => {
        const pressed = name === source;
        const choose = () => this.#choose({ source: pressed ? null : name, refused });
        return this.#chip(`log-${name}`, this.texts[`source_${name}`], path, choose, { pressed });
      })}
      ${this.#chip(
        "log-refused",
        words.only_refused,
        OUTCOMES.refused,
        () => this.#choose({ source, refused: !refused }),
        { pressed: refused },
      )}
      ${this.#chip("log-newer", words.newer, mdiChevronLeft, () => this.#newer(shown[0]), { off: this.top === null })}
      ${this.#chip("log-older", words.older, mdiChevronRight, () => this.#older(shown), { off: !older })}
      ${(this.options as LookUp).about ? this.#chip("log-close", words.close, mdiClose, () => lookAt(this, null), {}) : nothing}
    </nav>`;
  }

  #chip(
    test: string,
    label: string,
    path: string,
    tapped: () => void,
    { pressed, off = false }: { pressed?: boolean; off?: boolean },
  ): TemplateResult {
    return html`<button
      class="target chip ${pressed === undefined ? "turn" : ""}"
      data-test=${test}
      aria-label=${label}
      aria-pressed=${pressed ?? nothing}
      ?disabled=${off}
      @click=${tapped}
    >
      ${icon(path)}
    </button>`;
  }

  #entry(event: MiraEvent, words: LogTexts): TemplateResult {
    const outcome = outcomeOf(event);
    const rival = rivalOf(event, this.#log.events);
    const lost = rival && `${words.how_lost_to}: ${this.texts[`source_${rival.source}`]}`;
    const reason = lost ?? reasonOf(event, this.texts, this.formats);
    const at = momentWords(Date.parse(event.ts), this.minute * 60_000, this.formats, this.texts);
    const told = event.reason === "low_confidence" || typeof event.confidence !== "number";
    const sure = told ? "" : this.formats.percent(Number(event.confidence));
    const { count = 1 } = event;
    const crowd =
      count > 1 ? fill(words.and_more, { count: (count - 1).toLocaleString(this.#language) }) : "";
    const more = [at, this.texts[`source_${event.source}`], sure].filter(Boolean).join(" · ");
    return html`<button
      class="entry ${outcome}"
      data-test="log-entry"
      data-seq=${event.seq}
      data-outcome=${outcome}
      @click=${() => this.#explain(event)}
    >
      ${icon(OUTCOMES[outcome])}
      <span class="words">
        <span class="first" dir="auto">${wishWords(event, words, this.texts)}</span>
        ${crowd ? html`<span class="second" data-test="log-crowd" dir="auto">${crowd}</span>` : nothing}
        ${reason ? html`<span class="second why" dir="auto">${reason}</span>` : nothing}
        <span class="second">${more}</span>
      </span>
    </button>`;
  }

  #older(shown: readonly MiraEvent[]): void {
    this.top = shown[this.#rows.shown]?.seq ?? this.top;
    this.#log.older(); // one page ahead
  }

  #newer(first: MiraEvent | undefined): void {
    const newer = this.#log.events.filter(({ seq }) => seq > (first?.seq ?? 0));
    this.top = newer.at(-this.#rows.shown)?.seq ?? null;
    if (newer.length <= this.#rows.shown) this.top = null;
  }

  #choose(filter: LogFilter): void {
    this.filter = filter;
    this.top = null;
  }

  async #explain(event: MiraEvent): Promise<void> {
    this.chosen = event;
    this.explanation = null;
    const request = { config_entry_id: this.display?.view?.mirror.entry_id, command_id: event.command_id };
    try {
      const answer = await this.hass.callService("mira", "explain", request, undefined, false, true);
      if (this.chosen === event) this.explanation = answer.response as Explanation;
    } catch {
      // Where the mirror is away, or too old to explain, what the event itself says stays.
    }
  }

  #why(event: MiraEvent, words: LogTexts): TemplateResult {
    const back = () => {
      this.chosen = null;
    };
    return html`<mira-why
      .event=${event}
      .explanation=${this.explanation}
      .words=${words}
      .minute=${this.minute}
      .formats=${this.formats}
      .texts=${this.texts}
      @click=${back}
    ></mira-why>`;
  }

  async #speak(language: string): Promise<void> {
    if (language === this.#language) return;
    this.#language = language;
    this.words = await logTextsOf(language);
  }
}

define("mira-why", MiraWhy);
