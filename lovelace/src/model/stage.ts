import type { VoicePart } from "../protocol.ts";
import { type Display, isFresh } from "./display.ts";

/** How far it is with what somebody says, or the mirror. */
export type Stage = "listening" | "thinking" | "speaking";

/** What the mirror itself says that it does, whoever may read the words: while it is away, nobody knows. */
export function stageOf(display: Display): Stage | null {
  const voice: VoicePart | undefined = display.view?.state?.parts?.voice;
  if (!voice || !isFresh(display)) return null;
  const { turn, speech } = voice;
  if (turn?.stage === "listening") return "listening";
  return speech ? "speaking" : (turn?.stage ?? null);
}
