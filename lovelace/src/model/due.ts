import { fill, type Texts } from "../texts.ts";
import type { Formats } from "./formats.ts";

export interface Due {
  words: string;
  overdue: boolean;
}

const DAY = 86_400_000;
const DATE = /^\d{4}-\d\d-\d\d$/;

/** A due date or time in words; null where it is none. A date is over when its day is. */
export function dueOf(
  due: string | null | undefined,
  now: number,
  formats: Formats,
  texts: Texts,
): Due | null {
  const moment = due ? Date.parse(due) : Number.NaN;
  if (!due || Number.isNaN(moment)) return null;
  const today = formats.dayOf(now);
  if (DATE.test(due)) {
    // A plain date parses as midnight UTC, so this is its calendar day in every time zone.
    const day = moment / DAY;
    return { words: formats.day(day, today), overdue: day < today };
  }
  const words = fill(texts.due_at, {
    day: formats.day(formats.dayOf(moment), today),
    time: formats.time(moment),
  });
  return { words, overdue: moment < now };
}

/** A moment in words: the time alone where it was today. */
export function momentWords(moment: number, now: number, formats: Formats, texts: Texts): string {
  const [day, today] = [formats.dayOf(moment), formats.dayOf(now)];
  const time = formats.time(moment);
  return day === today ? time : fill(texts.due_at, { day: formats.day(day, today), time });
}
