import type { MiraEvent, Source } from "../protocol.ts";

/** Something that was asked for and not done. */
export interface Refusal {
  /** Of the command; null where it never became one. */
  commandId: string | null;
  reason: string;
  /** What went wrong on the way; null where the mirror has decided. */
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
    message: null,
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
