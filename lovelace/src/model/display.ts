/** All that the display knows, and how it changes: plain functions without a clock. Times in ms. */
import type { View } from "../homeassistant.ts";
import type { Message, MiraEvent } from "../protocol.ts";
import { gestureOf, type SeenGesture } from "./gesture.ts";
import { type Refusal, refusalOf } from "./refusal.ts";

export const GESTURE_MS = 4_000;
export const REFUSAL_MS = 6_000;

/** Something on the glass for a while. */
interface Shown<T> {
  what: T;
  until: number;
}

export interface Display {
  homeAssistant: "connected" | "reconnecting";
  /** Whether the integration sends views: `waiting` until it is set up, `refused` with a sentence. */
  subscription: "starting" | "waiting" | "live";
  /** Why the integration does not send views, where it is not that Mira is missing. */
  trouble: string | null;
  view: View | null;
  /** When the view was last known to be true; null while it is, and where it never was. */
  staleSince: number | null;
  gesture: Shown<SeenGesture> | null;
  refusal: Shown<Refusal> | null;
  message: Shown<Message> | null;
  /** What waits for a decision: `camera`, `microphone`, or a todo's uid. */
  pending: ReadonlySet<string>;
}

export const EMPTY: Display = {
  homeAssistant: "connected",
  subscription: "starting",
  trouble: null,
  view: null,
  staleSince: null,
  gesture: null,
  refusal: null,
  message: null,
  pending: new Set(),
};

/** Whether what is shown is what is. */
export function isFresh(display: Display): boolean {
  return (
    display.homeAssistant === "connected" &&
    display.subscription === "live" &&
    display.view?.connected === true
  );
}

export function withView(display: Display, view: View, now: number): Display {
  const next: Display = {
    ...display,
    homeAssistant: "connected",
    subscription: "live",
    trouble: null,
    view,
    message: shownMessage(display, view.state?.message ?? null, now),
  };
  return aged(display, next, now);
}

export function withEvent(display: Display, event: MiraEvent, now: number): Display {
  if (event.type === "rejected") return withRefusal(display, refusalOf(event), now);
  const gesture = event.type === "accepted" ? gestureOf(event) : null;
  return gesture ? { ...display, gesture: { what: gesture, until: now + GESTURE_MS } } : display;
}

/** The answer to a touch and its event tell of one refusal: the second changes nothing. */
export function withRefusal(display: Display, refusal: Refusal, now: number): Display {
  const known = display.refusal?.what.commandId;
  if (known && known === refusal.commandId) return display;
  return { ...display, refusal: { what: refusal, until: now + REFUSAL_MS } };
}

export function withoutHomeAssistant(display: Display, now: number): Display {
  return aged(display, { ...display, homeAssistant: "reconnecting" }, now);
}

export function withHomeAssistant(display: Display): Display {
  return { ...display, homeAssistant: "connected", subscription: "starting" };
}

/** Mira is not set up (`trouble` null) or does not answer. */
export function withoutSubscription(display: Display, trouble: string | null, now: number): Display {
  return aged(display, { ...display, subscription: "waiting", trouble }, now);
}

export function withPending(display: Display, key: string, waits: boolean): Display {
  const pending = new Set(display.pending);
  if (waits) pending.add(key);
  else pending.delete(key);
  return { ...display, pending };
}

/** Takes away what has been shown long enough. */
export function at(display: Display, now: number): Display {
  const over = (shown: Shown<unknown> | null) => shown !== null && shown.until <= now;
  if (!over(display.gesture) && !over(display.refusal) && !over(display.message)) return display;
  return {
    ...display,
    gesture: over(display.gesture) ? null : display.gesture,
    refusal: over(display.refusal) ? null : display.refusal,
    message: over(display.message) ? null : display.message,
  };
}

function aged(before: Display, after: Display, now: number): Display {
  if (isFresh(after)) return { ...after, staleSince: null };
  return { ...after, staleSince: before.staleSince ?? (isFresh(before) ? now : null) };
}

/** A message that comes while we look stays for its own duration, whatever the clocks of the two machines say. */
function shownMessage(display: Display, message: Message | null, now: number): Shown<Message> | null {
  if (!message) return null;
  const known = display.view?.state?.message;
  if (known && known.at === message.at && known.text === message.text) {
    return display.message && { what: message, until: display.message.until };
  }
  const until = Date.parse(message.until);
  const live = display.view?.state != null && isFresh(display);
  return { what: message, until: live ? now + until - Date.parse(message.at) : until };
}
