/** What is told while somebody teaches the mirror a gesture, or a wake word. */
import type { State } from "../protocol.ts";
import { fill, lookUp, type Texts } from "../texts.ts";

/** Empty: nothing is being taught. */
export function teachingWords(state: State | null | undefined, texts: Texts): string {
  const { teaching, parts } = state ?? {};
  if (teaching) return fill(texts.teaching, { ...teaching });
  const lesson = parts?.voice?.lesson;
  if (!lesson) return "";
  const { outcome, fault, word, phrase, taken, takes } = lesson;
  const values = { phrase, taken, takes };
  if (outcome) {
    const trial = parts?.voice?.taught?.[word]?.trial;
    return fill(lookUp(texts, `lesson_${outcome}`) ?? texts.lesson_failed, { ...values, ...trial });
  }
  if (taken >= takes) return fill(texts.lesson_tried, values);
  const why = fault ? lookUp(texts, `lesson_${fault}`) : undefined;
  const say = fill(texts.lesson, values);
  return why ? `${why} ${say}` : say;
}
