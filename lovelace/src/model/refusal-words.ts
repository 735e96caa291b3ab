/** A refusal in words. */
import { fill, lookUp, type Texts } from "../texts.ts";
import type { Formats } from "./formats.ts";
import { gestureName } from "./gesture.ts";
import type { Refusal } from "./refusal.ts";

/** Two lines: why, and what was refused or more about it. */
export function refusalWords(
  refusal: Refusal,
  texts: Texts,
  formats: Formats,
): { why: string; what: string } {
  if (refusal.reason === "not_done") return { why: texts.refused_not_done, what: refusal.message ?? "" };
  const source = texts[`source_${refusal.source}`];
  if (refusal.withdrawn) return { why: texts.question_withdrawn, what: reasonWords(refusal, texts, formats) };
  const what = refusal.gesture ? `${source}: ${gestureName(refusal.gesture, texts)}` : source;
  return { why: reasonWords(refusal, texts, formats), what };
}

function reasonWords(refusal: Refusal, texts: Texts, formats: Formats): string {
  if (refusal.reason === "low_confidence" && refusal.confidence !== null) {
    return fill(texts.refused_low_confidence_at, { confidence: formats.percent(refusal.confidence) });
  }
  if (refusal.reason === "expired" && refusal.age !== null && refusal.age >= 1) {
    return fill(texts.refused_expired_after, { seconds: Math.round(refusal.age) });
  }
  // Of a newer sidecar's reason there is no more than its code.
  const { reason } = refusal;
  return lookUp(texts, `refused_${reason}`) ?? fill(texts.refused_unknown, { reason });
}
