import { css, LitElement } from "lit";
import { property } from "lit/decorators.js";
import { define } from "../define.ts";
import type { HomeAssistant } from "../homeassistant.ts";
import type { LiveHands } from "../live-hands.ts";
import {
  type Comfort,
  isNight,
  type Level,
  levelAt,
  NIGHT_COLOURS,
  type Room,
  shadeOf,
  shiftAt,
} from "../model/comfort.ts";
import type { Display } from "../model/display.ts";
import { zoneOf } from "../model/formats.ts";
import { NEWS } from "./command.ts";

/** Milliseconds after a touch that wakes, in which it still does nothing else: its click comes with the finger's going. */
const WAKING_MS = 700;
const MINUTE = 60_000;

/** Lies over the mirror: darkens it, and takes the touch that wakes it. Moves and colours what it lies over. */
export class MiraComfort extends LitElement {
  static override styles = css`
    :host {
      position: absolute;
      inset: calc(-2 * var(--u));
      z-index: 10;
      background: #000;
      opacity: var(--shade, 0);
      pointer-events: none;
      transition: opacity 900ms var(--ease);
    }
    :host([takes]) {
      pointer-events: auto;
    }
    @media (prefers-reduced-motion: reduce) {
      :host {
        transition: none;
      }
    }
  `;

  @property({ attribute: false }) comfort: Comfort = {};
  @property({ attribute: false }) live!: LiveHands;
  @property({ attribute: false }) display!: Display;
  #hass: HomeAssistant | undefined;
  #room: Room = { seen: performance.now(), there: false, night: false };
  #level: Level = "awake";
  /** The time of day where the mirror hangs: made once, since that takes long. */
  #clock: Intl.DateTimeFormat | undefined;
  #zone: string | undefined;
  /** The touch that wakes is not over yet. */
  #waking = false;
  /** What has already been seen of the mirror. */
  #known: unknown[] = [];
  /** What is on the glass. */
  #shown = "";
  #tick: ReturnType<typeof setInterval> | undefined;
  #wake: ReturnType<typeof setTimeout> | undefined;
  #stop: (() => void) | undefined;

  /** Set anew with every change of any state in the house. */
  set hass(hass: HomeAssistant) {
    const changed = this.#sensors().some((id) => hass.states?.[id] !== this.#hass?.states?.[id]);
    this.#hass = hass;
    if (changed || !this.hasUpdated) this.#look();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#room.seen = performance.now();
    this.#tick = setInterval(() => this.#look(), 1_000);
    this.#stop = this.live.follow(() => {
      if (this.live.hands.length > 0) this.#seen();
    });
    window.addEventListener("pointerdown", this.#touched, true);
    window.addEventListener("pointermove", this.#seen, true);
    window.addEventListener("keydown", this.#pressed, true);
    window.addEventListener(NEWS, this.#seen);
    document.addEventListener("visibilitychange", this.#stayOn);
    this.#stayOn();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#tick);
    clearTimeout(this.#wake);
    this.#stop?.();
    window.removeEventListener("pointerdown", this.#touched, true);
    window.removeEventListener("pointermove", this.#seen, true);
    window.removeEventListener("keydown", this.#pressed, true);
    window.removeEventListener(NEWS, this.#seen);
    document.removeEventListener("visibilitychange", this.#stayOn);
  }

  protected override updated(): void {
    const { gesture, refusal, undo, message, question, view } = this.display;
    const known = [
      gesture?.what,
      refusal?.what,
      undo?.what,
      message?.what.at,
      question?.what.command_id,
      view?.state?.page,
    ];
    const news = known.some((what, place) => what !== undefined && what !== this.#known[place]);
    this.#known = known;
    if (news) this.#seen();
    this.#look();
  }

  #sensors(): string[] {
    const { presence = [], light } = this.comfort;
    return light ? [...presence, light.entity] : presence;
  }

  /** Somebody is there. */
  #seen = (): void => {
    this.#room.seen = performance.now();
    if (this.#level !== "awake") this.#look();
  };

  #touched = (): void => {
    if (this.#level !== "awake") {
      this.#waking = true;
      clearTimeout(this.#wake);
      this.#wake = setTimeout(() => {
        this.#waking = false;
        this.#show();
      }, WAKING_MS);
    }
    this.#seen();
  };

  #pressed = (event: Event): void => {
    if (this.#level !== "awake") {
      event.preventDefault();
      event.stopPropagation();
    }
    this.#seen();
  };

  /** The screen stays on where the browser can see to that: it cannot wake one that sleeps. */
  #stayOn = (): void => {
    if (document.visibilityState === "visible")
      void navigator.wakeLock?.request("screen").catch(() => undefined);
  };

  #look(): void {
    const now = performance.now(); // nobody sets that clock: a set one must neither dim nor wake
    const states = this.#hass?.states ?? {};
    const there = (this.comfort.presence ?? []).some((id) =>
      ["on", "home"].includes(states[id]?.state ?? ""),
    );
    if (there !== this.#room.there) this.#room.seen = now; // who comes, and who goes, was there
    this.#room.there = there;
    const lux = Number.parseFloat(states[this.comfort.light?.entity ?? ""]?.state ?? "");
    const minute = this.#minuteOfDay(Date.now() + this.display.ahead);
    this.#room.night = isNight(minute, Number.isNaN(lux) ? null : lux, this.comfort, this.#room.night);
    this.#level = levelAt(now, this.#room, this.comfort);
    this.#show();
  }

  #minuteOfDay(now: number): number {
    if (!this.comfort.night || !this.#hass) return 0;
    const timeZone = zoneOf(this.#hass);
    if (!this.#clock || timeZone !== this.#zone) {
      this.#clock = new Intl.DateTimeFormat("en", {
        hour: "numeric",
        minute: "numeric",
        hourCycle: "h23",
        timeZone,
      });
    }
    this.#zone = timeZone;
    const parts = this.#clock.formatToParts(now).map(({ type, value }) => [type, Number(value)]);
    const { hour = 0, minute = 0 } = Object.fromEntries(parts);
    return 60 * hour + minute;
  }

  /** Changes what is seen, where it is another than before. */
  #show(): void {
    const { host } = this.getRootNode() as ShadowRoot;
    if (!(host instanceof HTMLElement)) return;
    this.toggleAttribute("takes", this.#waking || this.#level !== "awake");
    const { night_colours: chosen = "none", pixel_shift = true } = this.comfort;
    const colours = this.#room.night && chosen !== "none" ? NIGHT_COLOURS[chosen] : null;
    const { x, y } = pixel_shift ? shiftAt(Math.floor(Date.now() / MINUTE)) : { x: 0, y: 0 };
    const shade = String(shadeOf(this.#level, this.comfort));
    const shown = [this.#level, shade, colours?.bright, x, y].join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.style.setProperty("--shade", shade);
    host.dataset.comfort = this.#level;
    host.toggleAttribute("night", colours !== null);
    for (const name of ["bright", "soft", "warning", "problem"] as const) {
      host.style.setProperty(`--${name}`, colours?.[name] ?? "");
    }
    host.style.translate = x || y ? `calc(${x} * var(--step)) calc(${y} * var(--step))` : "";
  }
}

define("mira-comfort", MiraComfort);
