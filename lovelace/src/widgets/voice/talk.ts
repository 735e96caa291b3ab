/** What is shown of a talk and of timers: plain functions. Times in ms, by the mirror's clock. */
import type { Talk, VoiceTimer } from "../../homeassistant.ts";
import type { Stage } from "../../model/stage.ts";
import { fill, lookUp, type WidgetTexts } from "../../texts.ts";

/** A timer whose end nobody told of, as over a restart, is gone after this. */
const FORGOTTEN_MS = 60_000;
/** The timers that are shown at once. */
const MOST = 3;

/** What was heard, and what there is to say to it: the reply, what went wrong, or what the mirror does. */
export interface Lines {
  heard: string;
  said: string;
  failed: boolean;
}

/** Null: nothing is said. Without words, a mirror that does something says what. */
export function linesOf(talk: Talk | null, stage: Stage | null, texts: WidgetTexts): Lines | null {
  const { heard, reply, error } = talk ?? {};
  const doing = stage ? String(texts[stage]) : "";
  // With some errors Home Assistant has a sentence of its own.
  const failed = Boolean(error && !reply);
  const said = reply || (error ? errorWords(error, texts) : doing);
  return heard || said ? { heard: heard ?? "", said, failed } : null;
}

/** By Home Assistant's code, what is said of it; the others are few, and have one sentence. */
const ERRORS: Record<string, string> = {
  stt_no_text_recognized: "nothing_heard",
  no_intent_match: "not_understood",
  duplicate_wake_up_detected: "elsewhere",
  validation_error: "no_stt",
  stt_provider_missing: "stt_gone",
  intent_agent_not_found: "agent_gone",
  intent_not_supported: "agent_gone",
  stt_provider_unsupported_metadata: "language",
  tts_not_supported: "language",
  cloud_auth_failed: "cloud",
};

function errorWords(code: string, texts: WidgetTexts): string {
  return String(texts[`error_${lookUp(ERRORS, code) ?? "other"}`]);
}

export interface ShownTimer {
  id: string;
  /** Its name; once its time is up, that this is so. */
  words: string;
  /** Empty once its time is up. */
  left: string;
  /** Milliseconds until another second is shown; null where it stands still. */
  next: number | null;
  state: "running" | "paused" | "done";
}

/** The timers that are shown: those that ring first, then as they end; and how many there are besides. */
export function timersOf(
  timers: readonly VoiceTimer[],
  now: number,
  texts: WidgetTexts,
): { shown: ShownTimer[]; more: number } {
  const endOf = ({ done, paused_left_s, ends_at }: VoiceTimer) =>
    done
      ? Number.NEGATIVE_INFINITY
      : paused_left_s === null
        ? Date.parse(ends_at)
        : now + 1_000 * paused_left_s;
  const known = timers
    .filter(
      ({ ends_at, paused_left_s }) => paused_left_s !== null || Date.parse(ends_at) > now - FORGOTTEN_MS,
    )
    .sort((one, other) => endOf(one) - endOf(other));
  return {
    shown: known.slice(0, MOST).map((timer) => shownTimer(timer, endOf(timer) - now, texts)),
    more: Math.max(0, known.length - MOST),
  };
}

function shownTimer(
  { id, name, done, paused_left_s }: VoiceTimer,
  left: number,
  texts: WidgetTexts,
): ShownTimer {
  const words = name || String(texts.timer);
  if (done)
    return {
      id,
      words: fill(String(texts.timer_done), { name: words }),
      left: "",
      next: null,
      state: "done",
    };
  const state = paused_left_s === null ? "running" : "paused";
  const next = state === "running" && left > 0 ? left % 1_000 || 1_000 : null;
  return { id, words, left: clockOf(Math.ceil(Math.max(0, left) / 1_000)), next, state };
}

/** `4:59`, and `1:04:59`. */
function clockOf(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (count: number) => String(count).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
