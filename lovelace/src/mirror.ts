import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { AskedFor } from "./components/command.ts";
import type { Decision, HomeAssistant, MiraMessage, TouchCommand, View } from "./homeassistant.ts";
import { LiveHands } from "./live-hands.ts";
import { LiveVoice } from "./live-voice.ts";
import {
  aheadOf,
  at,
  type Display,
  EMPTY,
  patchedView,
  withEvent,
  withHomeAssistant,
  withLocked,
  withoutHomeAssistant,
  withoutSubscription,
  withPending,
  withRefusal,
  withView,
} from "./model/display.ts";
import { notSent } from "./model/refusal.ts";
import { Subscription, type SubscriptionListener } from "./subscription.ts";

/** A clock is not off by so much in a second: it was set. */
const JUMP_MS = 1_000;

/** The minute of a moment, counted from 1970: the finest time that is shown. */
export function minuteOf(moment: number): number {
  return Math.floor(moment / 60_000);
}

/** Whom it tells that something has changed. */
export type MirrorHost = Pick<ReactiveControllerHost, "addController" | "requestUpdate">;

/** Asks for what was tapped on the mirror: Home Assistant takes nothing else for a touch. */
function tapped(hass: HomeAssistant, entry_id: string, command: TouchCommand): Promise<Decision> {
  return hass.connection.sendMessagePromise({ type: "mira/command", entry_id, ...command });
}

/** Keeps the display's state: from the mirror, from touches and from the time that passes. */
export class Mirror implements ReactiveController {
  display: Display = EMPTY;
  /** The mirror's time, as of the last change. */
  now = Date.now();
  /** Beside the display's state: it moves 15 times a second, and what it moves is drawn by itself. */
  readonly live = new LiveHands();
  /** Likewise: a reply grows word for word. */
  readonly voice = new LiveVoice();
  #hass: HomeAssistant | undefined;
  #link: Subscription<MiraMessage> | undefined;
  #tick: ReturnType<typeof setTimeout> | undefined;
  /** Of this machine's clock, from one that nobody can set. */
  #drift = Date.now() - performance.now();

  constructor(
    readonly host: MirrorHost,
    /** Which mirror, and whether its hands and what is said are followed; the only one with both where it is not said. */
    public which: { entry_id?: string; mirror?: string[]; live: boolean; voice?: boolean } = {
      live: true,
      voice: true,
    },
    /** How what is asked for gets to the mirror: as a tap on it, if nothing else is said. */
    readonly send = tapped,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#passTime();
    if (this.#hass) this.use(this.#hass);
  }

  hostDisconnected(): void {
    clearTimeout(this.#tick);
    this.#unlink();
  }

  /** Follows the mirror that the first known of these names means; nothing of another one stays. */
  name(...mirror: string[]): void {
    this.which = { ...this.which, mirror };
    this.#unlink();
    this.#change(({ ahead }) => ({ ...EMPTY, ahead }));
    if (this.#hass) this.use(this.#hass);
  }

  /** Takes Home Assistant's newest object; subscribes anew only where the connection is another. */
  use(hass: HomeAssistant): void {
    this.#hass = hass;
    if (this.#link?.connection === hass.connection) return;
    this.#unlink();
    const listener: SubscriptionListener<MiraMessage> = {
      message: (message) => this.#take(message),
      unavailable: (trouble) => this.#change((display, now) => withoutSubscription(display, trouble, now)),
      homeAssistantLost: () => {
        this.voice.take(null);
        this.#change(withoutHomeAssistant);
      },
      homeAssistantBack: () => this.#change(withHomeAssistant),
    };
    const request = { type: "mira/subscribe", patches: true, ...this.which };
    this.#link = new Subscription(hass.connection, request, listener);
    this.#link.open();
  }

  #unlink(): void {
    this.#link?.close();
    this.#link = undefined;
    this.live.lose();
    this.voice.take(null);
  }

  /** Nothing is said of a voice that is silent: whoever asks anew knows nothing of it until it speaks. */
  #renew(): void {
    this.voice.take(null);
    this.#link?.renew();
  }

  #take(message: MiraMessage): void {
    if (message.type === "live") this.live.take(message.live);
    else if (message.type === "voice") this.voice.take(message.voice);
    else if (message.type === "event") this.#change((display, now) => withEvent(display, message.event, now));
    else {
      const view = message.type === "view" ? message : patchedView(this.display.view, message);
      // What is shown stays until the mirror's view is here: a guess would be none that it ever had.
      if (view) this.#show(view);
      else this.#renew();
    }
  }

  #show(view: View): void {
    const ahead = aheadOf(this.display.ahead, view, Date.now());
    this.display = { ...this.display, ahead };
    this.#change((display, now) => withView(display, view, now));
  }

  /** Sends what a touch asked for. What is shown changes only when the mirror has decided, as this returns. */
  async ask(asked: AskedFor): Promise<Decision | null> {
    const decision = await this.#send(asked);
    // Another PIN opens what that of a person does not.
    const opensWithPin = ["pin_required", "pin_opens_less"].includes(decision?.reason ?? "");
    if (opensWithPin) this.#change((display) => withLocked(display, asked));
    else this.#showRejection(decision);
    return decision;
  }

  /** Shows the pad for the PIN, for no more than to unlock. */
  openPad(): void {
    this.#change((display) => withLocked(display, "unlock"));
  }

  /** Gives the PIN, and asks again, once, for what was refused for want of it. Null: never mind. */
  async unlock(pin: string | null): Promise<void> {
    const { locked } = this.display;
    if (pin !== null) {
      const decision = await this.#decided("pin", (hass, entry_id) =>
        hass.connection.sendMessagePromise<Decision>({ type: "mira/unlock", entry_id, pin }),
      );
      this.#showRejection(decision);
      // Somebody may have cleared the PIN meanwhile: then nothing is locked.
      if (decision?.outcome !== "accepted" && decision?.reason !== "no_pin") return;
    }
    this.#change((display) => withLocked(display, null));
    if (pin !== null && locked && locked !== "unlock") this.#showRejection(await this.#send(locked));
  }

  #send({ key, command }: AskedFor): Promise<Decision | null> {
    return this.#decided(key, (hass, entryId) => this.send(hass, entryId, command));
  }

  /** The mirror's decision; null, and told on the glass, where none comes back. `key` waits for it. */
  async #decided(
    key: string,
    ask: (hass: HomeAssistant, entryId: string) => Promise<Decision>,
  ): Promise<Decision | null> {
    const mirror = this.display.view?.mirror;
    if (!this.#hass || !mirror || this.display.homeAssistant !== "connected") {
      this.#change((display, now) => withRefusal(display, notSent("offline", null), now));
      return null;
    }
    this.#change((display) => withPending(display, key, true));
    try {
      return await ask(this.#hass, mirror.entry_id);
    } catch (error) {
      // Without Home Assistant there are no words for it either: that it did not work is told all the same.
      const words = await import("./model/error-words.ts").catch(() => null);
      const message = (await words?.errorWords(this.#hass, error)) ?? null;
      this.#change((display, now) => withRefusal(display, notSent("not_done", message), now));
      return null;
    } finally {
      this.#change((display) => withPending(display, key, false));
    }
  }

  #showRejection(decision: Decision | null): void {
    if (decision?.outcome !== "rejected") return;
    const { command_id, reason } = decision;
    const refusal = { ...notSent("not_done", null), commandId: command_id, reason: reason ?? "" };
    this.#change((display, now) => withRefusal(display, refusal, now));
  }

  #change(change: (display: Display, now: number) => Display): void {
    this.now = this.#time();
    this.display = change(this.display, this.now);
    this.host.requestUpdate();
  }

  #time(): number {
    return Date.now() + this.display.ahead;
  }

  /** Once a second, on the second; what is shown is drawn anew only where that changes it. */
  #passTime = (): void => {
    this.#noticeJump();
    const now = this.#time();
    const display = at(this.display, now);
    if (display !== this.display || minuteOf(now) !== minuteOf(this.now)) this.#change(() => display);
    this.#tick = setTimeout(this.#passTime, 1000 - (Math.floor(now) % 1000));
  };

  /** When this machine's clock was set, or slept, nobody knows how far it is from the mirror's: a new view tells. */
  #noticeJump(): void {
    const drift = Date.now() - performance.now();
    if (Math.abs(drift - this.#drift) > JUMP_MS) this.#renew();
    this.#drift = drift;
  }
}
