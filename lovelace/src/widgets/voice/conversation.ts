import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Talk, VoiceTimer } from "../../homeassistant.ts";
import type { LiveVoice } from "../../live-voice.ts";

/** How long the words stay once all is said: as long as it takes to read them. */
const LEFT_MS = 6_000;
const LEFT_MS_A_LETTER = 50;
const LEFT_MS_AT_MOST = 20_000;

/** What is said and what was just said, and the timers, for as long as they are on the glass. */
export class Conversation implements ReactiveController {
  talk: Talk | null = null;
  timers: readonly VoiceTimer[] = [];
  #voice: LiveVoice | null = null;
  #stop: (() => void) | undefined;
  /** The timers that rang, and were seen. */
  #seen: ReadonlySet<string> = new Set();
  #gone: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#listen();
  }

  hostDisconnected(): void {
    this.#stop?.();
    this.#say(null);
  }

  /** Follows this one; null: what is said is not for whoever is there. */
  follow(voice: LiveVoice | null): void {
    if (voice === this.#voice) return;
    this.#voice = voice;
    this.#listen();
  }

  /** The mirror is away: nobody listens or speaks any more. Timers are Home Assistant's, and run on. */
  hush(): void {
    if (this.talk) this.#say(null);
  }

  /** Somebody has seen what was said, and the timers that ring. */
  dismiss(): void {
    const done = this.timers.filter((timer) => timer.done).map(({ id }) => id);
    this.#seen = new Set([...this.#seen, ...done]);
    this.timers = this.timers.filter((timer) => !timer.done);
    if (this.talk?.stage === "over") this.#say(null);
    this.host.requestUpdate();
  }

  #listen(): void {
    this.#stop?.();
    this.#say(null);
    this.#stop = this.#voice?.follow(() => this.#take());
    // What was over before is no news to whoever comes now.
    this.#take(true);
  }

  #take(first = false): void {
    this.host.requestUpdate();
    const { timers, ...talk } = this.#voice?.last ?? { timers: [], ...SILENCE };
    this.#seen = new Set(timers.map(({ id }) => id).filter((id) => this.#seen.has(id)));
    this.timers = timers.filter(({ id }) => !this.#seen.has(id));
    const over = talk.stage === "over";
    const words = Boolean(talk.heard || talk.reply || talk.error);
    // Where all is said, and only a timer has changed, the words stay as long as they would have.
    if (!over || (words && !first)) this.#say(talk);
    else if (!this.#voice?.last || this.talk?.stage !== "over") this.#say(null);
  }

  #say(talk: Talk | null): void {
    clearTimeout(this.#gone);
    this.talk = talk;
    if (talk?.stage !== "over") return;
    const letters = `${talk.heard ?? ""}${talk.reply ?? ""}`.length;
    const left = Math.min(LEFT_MS_AT_MOST, LEFT_MS + LEFT_MS_A_LETTER * letters);
    this.#gone = setTimeout(() => {
      this.talk = null;
      this.host.requestUpdate();
    }, left);
  }
}

const SILENCE: Talk = { turn: null, stage: "over", heard: null, reply: null, error: null };
