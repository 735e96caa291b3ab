/** Whether there is a face, and what it expresses: plain functions. */
import { type Display, isFresh } from "../../model/display.ts";
import { stageOf } from "../../model/stage.ts";
import type { Pictures, TalkPart } from "../../protocol.ts";
import { EMOTIONS, type Emotion } from "./face.ts";

export interface Shown {
  emotion: Emotion;
  pictures: Exclude<Pictures, "none">;
  speaks: boolean;
  /** It is only there, and has nothing to say. */
  rests: boolean;
}

/** Null: there is no face. `drowsy`: the glass is dimmed or black, so nobody is there or it is dark. */
export function shownOf(display: Display, drowsy: boolean): Shown | null {
  const mode = display.view?.display?.face ?? "talking";
  const talk = display.view?.state?.parts?.talk;
  if (!talk || mode === "off" || !isFresh(display)) return null;
  const told = toldBy(display, talk);
  const pictures = told?.pictures ?? talk.pictures ?? (mode === "always" ? "drawn" : "none");
  if (pictures === "none" || (!told && mode !== "always")) return null;
  const speaks = stageOf(display) === "speaking";
  const emotion = told?.emotion ?? (drowsy && !speaks ? "sleepy" : "neutral");
  return { emotion, pictures, speaks, rests: !told };
}

/** What the mirror expresses now: who listens looks like it, whatever was expressed before. Null: nothing. */
function toldBy(
  display: Display,
  { face, replies }: TalkPart,
): { emotion: Emotion; pictures: Pictures | null } | null {
  const stage = display.view?.state?.parts?.voice?.turn?.stage;
  if (stage === "listening") return { emotion: "listening", pictures: null };
  const here = (id: string) => replies[id]?.place === "mirror" || replies[id]?.place === "api";
  if (face && (face.reply === null || here(face.reply)))
    return { emotion: known(face.emotion), pictures: face.pictures };
  const open = Object.keys(replies).filter(here).at(-1);
  const waiting = stage === "thinking" ? "thinking" : "neutral";
  if (open) return { emotion: waiting, pictures: (replies[open] as TalkPart["replies"][string]).pictures };
  return stage ? { emotion: waiting, pictures: null } : null;
}

/** A newer sidecar may know more of them. */
function known(emotion: string): Emotion {
  return EMOTIONS.find((one) => one === emotion) ?? "neutral";
}
