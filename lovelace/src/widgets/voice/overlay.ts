import {
  mdiAlert,
  mdiBellRing,
  mdiCloseCircleOutline,
  mdiMessageTextOutline,
  mdiMicrophone,
  mdiPause,
  mdiTimerSand,
} from "@mdi/js";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { askFor, wake } from "../../components/command.ts";
import { icon } from "../../components/icon.ts";
import type { LiveVoice } from "../../live-voice.ts";
import { type Display, isFresh } from "../../model/display.ts";
import { hyphenated } from "../../model/hyphens.ts";
import { type Stage, stageOf } from "../../model/stage.ts";
import { base } from "../../styles.ts";
import { isEarly } from "../../taps.ts";
import { fill, type WidgetTexts } from "../../texts.ts";
import { MiraWidget } from "../widget.ts";
import { Conversation } from "./conversation.ts";
import { type Lines, linesOf, type ShownTimer, timersOf } from "./talk.ts";

const STAGES = { listening: mdiMicrophone, thinking: mdiTimerSand, speaking: mdiMessageTextOutline };
const TIMERS = { running: mdiTimerSand, paused: mdiPause, done: mdiBellRing };

/** Characters of a reply that still fit in its lines of large text. */
const LONG = 90;

/** A ring at the edge of the glass while the mirror listens, thinks or speaks; what was said, and timers, below the face. */
export default class MiraVoice extends MiraWidget<Record<string, unknown>, WidgetTexts> {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: calc(0.6 * var(--gap));
        min-inline-size: 0;
      }
      /* Four edges: one element around everything would lie over everything. */
      .ring {
        display: contents;
        --edge: calc(2.8 * var(--u));
        --outside: calc(0.8 * var(--u));
        --line: calc(0.6 * var(--u));
        --round: calc(2 * var(--u));
      }
      .ring i {
        position: absolute;
        z-index: 1;
      }
      .ring i::before {
        content: "";
        position: absolute;
        border: 0 solid var(--bright);
      }
      .top,
      .bottom {
        inset-inline: 0;
        block-size: var(--edge);
      }
      .top {
        inset-block-start: 0;
      }
      .bottom {
        inset-block-end: 0;
      }
      .ring .top::before {
        inset: var(--outside) var(--outside) 0;
        border-width: var(--line) var(--line) 0;
        border-radius: var(--round) var(--round) 0 0;
      }
      .ring .bottom::before {
        inset: 0 var(--outside) var(--outside);
        border-width: 0 var(--line) var(--line);
        border-radius: 0 0 var(--round) var(--round);
      }
      .left,
      .right {
        inset-block: var(--edge);
        inline-size: var(--edge);
      }
      .left {
        left: 0;
      }
      .right {
        right: 0;
      }
      .ring .left::before {
        inset: 0 auto 0 var(--outside);
        border-width: 0 0 0 var(--line);
      }
      .ring .right::before {
        inset: 0 var(--outside) 0 auto;
        border-width: 0 var(--line) 0 0;
      }
      /* Three looks that also stand still are told apart: closed, dashed, open at the sides. */
      .ring.thinking i::before {
        border-style: dashed;
      }
      .speaking :is(.left, .right)::before {
        visibility: hidden;
      }
      /* What moves is small, and moved by the compositor alone. */
      .light {
        position: absolute;
        inset-block-end: calc(0.5 * var(--u));
        z-index: 1;
        inset-inline: 34%;
        block-size: calc(1.2 * var(--u));
        border-radius: 1em;
        background: var(--bright);
        animation: breathe-wide 2.8s ease-in-out infinite;
        will-change: transform;
      }
      .thinking .light {
        inset-inline: 44%;
        animation: wander 2s ease-in-out infinite alternate;
      }
      .speaking .light {
        inset-inline: 24%;
        animation: speak 1.6s ease-in-out infinite;
      }
      @keyframes breathe-wide {
        50% {
          transform: scaleX(0.5);
        }
      }
      @keyframes wander {
        from {
          transform: translateX(-250%);
        }
        to {
          transform: translateX(250%);
        }
      }
      @keyframes speak {
        0%,
        100% {
          transform: scaleX(0.4);
        }
        30% {
          transform: scaleX(1);
        }
        55% {
          transform: scaleX(0.6);
        }
        75% {
          transform: scaleX(0.9);
        }
      }
      .talk {
        display: flex;
        align-items: center;
        gap: var(--gap);
        inline-size: 100%;
        padding-block-start: calc(0.6 * var(--gap));
        animation: arrive var(--motion) var(--ease);
      }
      .talk > .icon {
        display: var(--stage-icon, block);
        inline-size: var(--notice-icon);
        block-size: var(--notice-icon);
      }
      .talk > .stop {
        inline-size: var(--icon);
        block-size: var(--icon);
        fill: var(--soft);
      }
      .failed {
        --stage-icon: block;
        color: var(--warning);
      }
      .words {
        flex: 1;
        min-inline-size: 0;
      }
      .heard,
      .said {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        overflow: hidden;
        overflow-wrap: anywhere;
      }
      .heard {
        -webkit-line-clamp: var(--heard-lines, 2);
        font-size: var(--small);
        line-height: 1.25;
        color: var(--soft);
      }
      .said {
        -webkit-line-clamp: var(--said-lines, 3);
        font-size: var(--text);
        line-height: 1.2;
        text-wrap: pretty;
      }
      .long .heard {
        -webkit-line-clamp: 1;
      }
      .long .said {
        -webkit-line-clamp: var(--long-lines, 5);
        font-size: var(--small);
        line-height: 1.25;
      }
      .timers {
        display: flex;
        flex-wrap: wrap;
        gap: calc(0.6 * var(--gap)) calc(1.4 * var(--gap));
      }
      .timer,
      .rest {
        display: flex;
        align-items: center;
        gap: calc(0.5 * var(--gap));
        min-inline-size: 0;
        max-inline-size: 100%;
        font-size: var(--small);
        line-height: 1.25;
      }
      .timer .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        color: var(--soft);
      }
      .timer .left {
        font-variant-numeric: tabular-nums;
      }
      button.timer {
        padding-inline: calc(2 * var(--u));
      }
      button.timer .name {
        color: var(--bright);
      }
      button.timer:active .name {
        color: var(--background);
      }
      button.timer .icon {
        animation: breathe 1.2s ease-in-out infinite;
      }
      .rest {
        color: var(--soft);
      }
    `,
  ];

  @property({ attribute: false }) override display!: Display;
  @property({ attribute: false }) override voice: LiveVoice | null = null;

  #conversation = new Conversation(this);
  #tick: ReturnType<typeof setTimeout> | undefined;
  #stage: Stage | null = null;
  #lines: Lines | null = null;
  #timers: ShownTimer[] = [];
  #more = 0;
  /** What was there last of what wakes the glass. */
  #news = "";
  /** What can be tapped here, and since when. */
  #target = "";
  #since = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#tick);
  }

  protected override shows(): boolean {
    return this.#lines !== null || this.#timers.length > 0;
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.#conversation.follow(this.voice);
    if (!isFresh(this.display)) this.#conversation.hush();
    const { talk, timers } = this.#conversation;
    const { shown, more } = timersOf(timers, Date.now() + this.display.ahead, this.ownTexts);
    [this.#timers, this.#more] = [shown, more];
    this.#stage = stageOf(this.display);
    this.#lines = linesOf(talk, this.#stage, this.ownTexts);
    const target = [this.#lines !== null, ...this.#ringing()].join();
    if (target !== this.#target) this.#since = performance.now();
    this.#target = target;
    super.willUpdate(changed);
    this.toggleAttribute("telling", !this.hidden);
  }

  protected override updated(): void {
    clearTimeout(this.#tick);
    const next = Math.min(...this.#timers.map((timer) => timer.next ?? Number.POSITIVE_INFINITY));
    if (next < Number.POSITIVE_INFINITY) this.#tick = setTimeout(() => this.requestUpdate(), next);
    const news = [this.#stage, this.#lines?.heard, this.#lines?.said, ...this.#ringing()]
      .filter(Boolean)
      .join();
    if (news && news !== this.#news) wake(this);
    this.#news = news;
  }

  override render(): TemplateResult {
    return html`${this.#ring()}
      <div aria-live="polite" aria-busy=${this.#stage !== null}>${this.#talk()}</div>
      ${
        this.#timers.length > 0
          ? html`<div class="timers">
              ${this.#timers.map((timer) => this.#timer(timer))}
              ${this.#more > 0 ? html`<div class="rest">${fill(this.texts.more, { count: this.#more })}</div>` : nothing}
            </div>`
          : nothing
      }`;
  }

  /** The ids of the timers that ring. */
  #ringing(): string[] {
    return this.#timers.filter(({ state }) => state === "done").map(({ id }) => id);
  }

  #ring(): TemplateResult | typeof nothing {
    if (!this.#stage) return nothing;
    return html`<div class="ring ${this.#stage}" data-test="voice-ring" data-stage=${this.#stage} @click=${this.#tap}>
      <i class="top"></i><i class="right"></i><i class="bottom"></i><i class="left"></i>
      <div class="light"></div>
    </div>`;
  }

  #talk(): TemplateResult | typeof nothing {
    if (!this.#lines) return nothing;
    const { heard, said, failed } = this.#lines;
    const path = failed ? mdiAlert : STAGES[this.#stage ?? "speaking"];
    return html`<button
      class="talk ${said.length > LONG ? "long" : ""} ${failed ? "failed" : ""}"
      data-test="voice"
      data-stage=${this.#stage ?? "over"}
      aria-busy=${this.display.pending.has("voice")}
      @click=${this.#tap}
    >
      ${icon(path)}
      <div class="words">
        ${heard ? html`<div class="heard" dir="auto" data-test="voice-heard">“${hyphenated(heard)}”</div>` : nothing}
        ${said ? html`<div class="said" dir="auto" data-test="voice-said">${failed ? said : hyphenated(said)}</div>` : nothing}
      </div>
      ${this.#stage ? html`<svg class="stop" viewBox="0 0 24 24" role="img" aria-label=${String(this.ownTexts.stop)}><path d=${mdiCloseCircleOutline}></path></svg>` : nothing}
    </button>`;
  }

  #timer({ words, left, state }: ShownTimer): TemplateResult {
    const inside = html`${icon(TIMERS[state])} <span class="name" dir="auto">${words}</span>
      ${left ? html`<span class="left" data-test="timer-left">${left}</span>` : nothing}`;
    return state === "done"
      ? html`<button class="timer target" data-test="timer" data-state=${state} @click=${this.#tap}>${inside}</button>`
      : html`<div class="timer" data-test="timer" data-state=${state}>${inside}</div>`;
  }

  /** Enough: what is being said or rings ends, and what is over goes. */
  #tap = (tap: MouseEvent): void => {
    if (isEarly(tap, this.#since) || this.display.pending.has("voice")) return;
    if (this.#stage || this.#ringing().length > 0)
      askFor(this, "voice", { action: "stop_talking", payload: {} });
    this.#conversation.dismiss();
  };
}
