import { fill, lookUp, type Texts } from "../localize/index.ts";
import type { MiraEvent, Source } from "../protocol.ts";
import type { Formats } from "./formats.ts";
import { gestureName } from "./gesture.ts";

/** Something that was asked for and not done. */
export interface Refusal {
  /** Of the command; null where it never became one. */
  commandId: string | null;
  reason: string;
  message: string | null;
  source: Source;
  gesture: string | null;
  confidence: number | null;
  /** Seconds between capture and decision. */
  age: number | null;
  /** Whether it was a question, which the mirror itself has withdrawn. */
  withdrawn?: boolean;
}

/** Whether the mirror has withdrawn a question that lost its ground; its payload says why. */
export function isWithdrawal({ type, action, payload }: MiraEvent): boolean {
  return type === "accepted" && action === "withdraw" && typeof payload?.reason === "string";
}

/** The refusal that a rejected event, or a withdrawal, tells of. */
export function refusalOf(event: MiraEvent): Refusal {
  const name = event.payload?.name;
  const withdrawn = isWithdrawal(event);
  return {
    commandId: event.command_id,
    reason: (withdrawn ? String(event.payload?.reason) : event.reason) ?? "",
    withdrawn,
    message: event.message ?? null,
    source: event.source,
    gesture: event.action === "gesture" && typeof name === "string" ? name : null,
    confidence: event.confidence ?? null,
    age: event.captured_at ? (Date.parse(event.ts) - Date.parse(event.captured_at)) / 1000 : null,
  };
}

/** A touch that never became a command, because Home Assistant was away or failed with this sentence. */
export function notSent(reason: "offline" | "not_done", message: string | null): Refusal {
  return { commandId: null, reason, message, source: "touch", gesture: null, confidence: null, age: null };
}

/** Two lines: why, and what was refused or more about it. */
export function refusalWords(
  refusal: Refusal,
  texts: Texts,
  formats: Formats,
): { why: string; what: string } {
  if (refusal.reason === "not_done") return { why: texts.refused_not_done, what: refusal.message ?? "" };
  const source = texts[`source_${refusal.source}`];
  if (refusal.withdrawn)
    return { why: texts.question_withdrawn, what: reasonWords(refusal, texts, formats) ?? "" };
  const what = refusal.gesture ? `${source}: ${gestureName(refusal.gesture, texts)}` : source;
  const why = reasonWords(refusal, texts, formats);
  return why ? { why, what } : { why: refusal.message ?? texts.refused, what };
}

function reasonWords(refusal: Refusal, texts: Texts, formats: Formats): string | undefined {
  if (refusal.reason === "low_confidence" && refusal.confidence !== null) {
    return fill(texts.refused_low_confidence_at, { confidence: formats.percent(refusal.confidence) });
  }
  if (refusal.reason === "expired" && refusal.age !== null && refusal.age >= 1) {
    return fill(texts.refused_expired_after, { seconds: Math.round(refusal.age) });
  }
  return lookUp(texts, `refused_${refusal.reason}`);
}
