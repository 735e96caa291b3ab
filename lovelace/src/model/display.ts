/** All that the display knows, and how it changes: plain functions without a clock. Times in ms, by the mirror's clock. */
import type { AskedFor } from "../components/command.ts";
import type { View, ViewPatch } from "../homeassistant.ts";
import { patched } from "../json-patch.ts";
import type { Message, MiraEvent, Pending } from "../protocol.ts";
import type { Trouble } from "../subscription.ts";
import { gestureOf, type SeenGesture } from "./gesture.ts";
import { isWithdrawal, type Refusal, refusalOf } from "./refusal.ts";

export const GESTURE_MS = 4_000;
export const REFUSAL_MS = 6_000;
export const UNDO_MS = 5_000;

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
  trouble: Trouble | null;
  view: View | null;
  /** When the view was last known to be true; null while it is, and where it never was. */
  staleSince: number | null;
  gesture: Shown<SeenGesture> | null;
  refusal: Shown<Refusal> | null;
  message: Shown<Message> | null;
  question: Shown<Pending> | null;
  /** The id of the command that a tap takes back. */
  undo: Shown<string> | null;
  /** While the PIN that was given counts. */
  unlocked: Shown<true> | null;
  /** What was refused for want of the PIN, or that it shall be given; while the pad for it is shown. */
  locked: AskedFor | "unlock" | null;
  /** Milliseconds that the mirror's clock is ahead of this one. */
  ahead: number;
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
  question: null,
  undo: null,
  unlocked: null,
  locked: null,
  ahead: 0,
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

/** The time on the way makes a clock seem less ahead than it is; so the largest of what is nearly the same is the best. */
const ON_THE_WAY_MS = 2_000;

/** How far the mirror's clock is ahead of this one (`here`), after a view has told its time. */
export function aheadOf(before: number, { now }: View, here: number): number {
  const seen = now ? Date.parse(now) - here : before;
  return Math.abs(seen - before) < ON_THE_WAY_MS ? Math.max(seen, before) : seen;
}

/** The view that a patch makes of this one, in which what stayed is the very same; null where it is not made for it. */
export function patchedView(view: View | null, { from, patch, now }: ViewPatch): View | null {
  if (view?.number !== from) return null;
  try {
    return { ...patched(view, patch), now };
  } catch {
    return null;
  }
}

export function withView(display: Display, view: View, now: number): Display {
  const next: Display = {
    ...display,
    homeAssistant: "connected",
    subscription: "live",
    trouble: null,
    view,
    message: shownMessage(display, view.state?.message ?? null, now),
    question: shownQuestion(display, view.state?.pending ?? null, now),
    undo: display.undo?.what === lastChange(view) ? display.undo : null,
    unlocked: shownUnlocked(view),
  };
  return aged(display, next, now);
}

export function withEvent(display: Display, event: MiraEvent, now: number): Display {
  if (event.type === "state_patch") return display;
  if (event.type === "rejected" || isWithdrawal(event)) return withRefusal(display, refusalOf(event), now);
  const gesture = gestureOf(event);
  const undo = BY_A_PERSON.has(event.source) && display.view && event.command_id === lastChange(display.view);
  return {
    ...display,
    gesture: gesture ? { what: gesture, until: now + GESTURE_MS } : display.gesture,
    undo: undo ? { what: event.command_id, until: now + UNDO_MS } : display.undo,
  };
}

const BY_A_PERSON: ReadonlySet<string> = new Set(["touch", "gesture", "voice"]);

/** The command behind the last change, where taking it back is worth a button: a page is simply turned back. */
export function lastChange(view: View): string | undefined {
  const last = view.state?.undoable?.at(-1);
  return last && !last.is_undo && String(last.touches) !== "page" ? last.command_id : undefined;
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
export function withoutSubscription(display: Display, trouble: Trouble | null, now: number): Display {
  return aged(display, { ...display, subscription: "waiting", trouble }, now);
}

export function withPending(display: Display, key: string, waits: boolean): Display {
  const pending = new Set(display.pending);
  if (waits) pending.add(key);
  else pending.delete(key);
  return { ...display, pending };
}

/** Something needs the PIN: the pad is shown for it; null takes the pad away. */
export function withLocked(display: Display, locked: Display["locked"]): Display {
  return { ...display, locked };
}

/** Takes away what has been shown long enough. */
export function at(display: Display, now: number): Display {
  const left = <T>(shown: Shown<T> | null) => (shown && shown.until > now ? shown : null);
  const next = {
    gesture: left(display.gesture),
    refusal: left(display.refusal),
    message: left(display.message),
    question: left(display.question),
    undo: left(display.undo),
    unlocked: left(display.unlocked),
  };
  const same = Object.entries(next).every(([name, shown]) => display[name as keyof typeof next] === shown);
  return same ? display : { ...display, ...next };
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

function shownUnlocked({ state }: View): Shown<true> | null {
  const until = state?.access?.unlocked_until;
  return until ? { what: true, until: Date.parse(until) } : null;
}

/** A question stays until the mirror takes it away; its time runs here as it runs there, whatever the clocks say. */
function shownQuestion(display: Display, pending: Pending | null, now: number): Shown<Pending> | null {
  if (!pending) return null;
  if (display.view?.state?.pending?.command_id === pending.command_id) return display.question;
  const deadline = Date.parse(pending.deadline);
  const live = display.view?.state != null && isFresh(display);
  return {
    what: pending,
    until: live ? now + deadline - Date.parse(pending.asked_at) : deadline,
  };
}
