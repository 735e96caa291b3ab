import type { LitElement, ReactiveController } from "lit";
import type { HomeAssistant } from "./homeassistant.ts";
import { errorWords } from "./model/error-words.ts";
import { asked, type LogFilter, merged } from "./model/log.ts";
import type { MiraEvent } from "./protocol.ts";
import { type Request, Subscription } from "./subscription.ts";

/** Events in one answer: some pages of a mirror. */
const PAGE = 60;
const RETRY_MS = 15_000;

interface Answer {
  events: MiraEvent[];
  /** Of the next older page; null: there is none. */
  cursor: number | null;
}

/** Reads the mirror's log page by page, and follows what is new. */
export class EventLog implements ReactiveController {
  /** Newest first, without gaps. */
  events: readonly MiraEvent[] = [];
  /** Whether the newest ones have been read. */
  read = false;
  /** Why it cannot be read just now, in a sentence. */
  trouble = "";
  #cursor: number | null = null;
  #asked = "";
  #wanted: Request = { type: "mira/events" };
  #hass: Pick<HomeAssistant, "loadBackendTranslation"> = {};
  #connection: HomeAssistant["connection"] | undefined;
  #subscription: Subscription<{ events: MiraEvent[] }> | undefined;
  #reading = false;

  constructor(readonly host: LitElement) {
    host.addController(this);
  }

  hostConnected(): void {
    this.host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#subscription?.close();
    this.#subscription = undefined;
    this.#asked = "";
  }

  /** Whether there are older ones that were not read yet. */
  get more(): boolean {
    return this.#cursor !== null;
  }

  /** Follows the decisions of this mirror that the filter lets through. */
  follow(hass: HomeAssistant, entry_id: string, filter: LogFilter): void {
    const { connection } = hass;
    this.#hass = hass;
    const wanted: Request = { type: "mira/events", entry_id, ...asked(filter) };
    const now = JSON.stringify(wanted);
    if (!this.host.isConnected || (now === this.#asked && connection === this.#connection)) return;
    this.#subscription?.close();
    Object.assign(this, { events: [], read: false, trouble: "" });
    this.#asked = now;
    this.#wanted = wanted;
    this.#connection = connection;
    this.#cursor = null;
    this.#subscription = new Subscription(
      connection,
      { ...wanted, limit: 1, subscribe: true },
      {
        message: ({ events }) => this.#add(events),
        // Not before: so nothing is missing between what was read and what is new.
        subscribed: () => this.refresh(),
        unavailable: (trouble) => void this.#tell(trouble?.error ?? { message: "" }, now),
      },
      RETRY_MS,
    );
    this.#subscription.open();
  }

  /** Reads the newest ones again: of what happened while the mirror was not followed nothing is sent. */
  refresh(): void {
    void this.#read({}, ({ events, cursor }) => {
      const newest = this.events[0]?.seq ?? 0;
      if (this.read && events.some(({ seq }) => seq <= newest)) return;
      // What is known lies beyond a gap, but for what came while this was read.
      const last = events[0]?.seq ?? 0;
      this.events = this.events.filter(({ seq }) => seq > last);
      this.#cursor = cursor;
    });
  }

  /** Reads the next older page. */
  older(): void {
    if (this.#cursor === null || this.#reading) return;
    void this.#read({ cursor: this.#cursor }, ({ cursor }) => {
      this.#cursor = cursor;
    });
  }

  async #read(from: { cursor?: number }, take: (answer: Answer) => void): Promise<void> {
    const about = this.#asked;
    const request = { ...this.#wanted, ...from, limit: PAGE };
    this.#reading = true;
    try {
      const answer = await this.#connection?.sendMessagePromise<Answer>(request);
      if (about !== this.#asked || !answer) return;
      take(answer);
      this.read = true;
      this.trouble = "";
      this.#add(answer.events);
    } catch (error) {
      await this.#tell(error, about);
    } finally {
      this.#reading = false;
    }
  }

  #add(events: readonly MiraEvent[]): void {
    this.events = merged(this.events, events);
    this.host.requestUpdate();
  }

  /** Says what is in the way of what was asked for, unless that is no longer of interest. */
  async #tell(error: unknown, about: string): Promise<void> {
    const words = await errorWords(this.#hass, error);
    if (about !== this.#asked) return;
    this.trouble = words;
    this.host.requestUpdate();
  }
}
