import type { MiraEvent } from "../protocol.ts";
import { lookUp, type Texts } from "../texts.ts";

/** A gesture that was seen and accepted. */
export interface SeenGesture {
  /** Of the command that it is. */
  commandId: string;
  name: string;
  confidence: number | null;
}

/** The gesture that an accepted event tells of; null where it is about something else. */
export function gestureOf(event: MiraEvent): SeenGesture | null {
  const name = event.payload?.name;
  if (event.action !== "gesture" || typeof name !== "string") return null;
  return { commandId: event.command_id, name, confidence: event.confidence ?? null };
}

/** A gesture's name in words; one that is not known keeps its own. */
export function gestureName(name: string, texts: Texts): string {
  return lookUp(texts, `gesture_${name}`) ?? name.replaceAll("_", " ");
}
