import { fill, type Texts } from "../texts.ts";
import { momentWords } from "./due.ts";
import type { Formats } from "./formats.ts";

const DAY = 86_400_000;

/** An event as Home Assistant's calendars send it: dates for whole days, and then the end is the day after. */
export interface CalendarEvent {
  summary: string;
  start: string;
  end: string;
}

interface Span {
  allDay: boolean;
  /** Unix milliseconds; of whole days, midnight UTC of the calendar day. */
  start: number;
  end: number;
}

function spanOf({ start, end }: CalendarEvent): Span {
  return { allDay: !start.includes("T"), start: Date.parse(start), end: Date.parse(end) };
}

/** The day on which an event is listed: the first that is not over. */
function dayOf({ allDay, start }: Span, today: number, formats: Formats): number {
  return Math.max(today, allDay ? start / DAY : formats.dayOf(start));
}

/** What is not over yet, soonest first; of one day, what takes all of it. Twice the same, from two calendars, is once. */
export function upcoming(events: CalendarEvent[], now: number, formats: Formats): CalendarEvent[] {
  const today = formats.dayOf(now);
  const known = new Map(
    events.map((event) => [JSON.stringify([event.summary, event.start, event.end]), event]),
  );
  return [...known.values()]
    .map((event) => ({ event, span: spanOf(event) }))
    .filter(({ span }) => (span.allDay ? span.end / DAY > today : span.end > now))
    .map(({ event, span }) => ({ event, span, day: dayOf(span, today, formats) }))
    .sort(
      (a, b) => a.day - b.day || Number(b.span.allDay) - Number(a.span.allDay) || a.span.start - b.span.start,
    )
    .map(({ event }) => event);
}

/** When an event is, or until when, in words. */
export function eventWords(event: CalendarEvent, now: number, formats: Formats, texts: Texts): string {
  const span = spanOf(event);
  const today = formats.dayOf(now);
  if (span.allDay) {
    const last = span.end / DAY - 1;
    const begun = span.start / DAY < today || (span.start / DAY === today && last > today);
    return begun && last > today
      ? fill(texts.until, { moment: formats.day(last, today) })
      : formats.day(dayOf(span, today, formats), today);
  }
  if (span.start > now) {
    return fill(texts.due_at, {
      day: formats.day(formats.dayOf(span.start), today),
      time: formats.time(span.start),
    });
  }
  return fill(texts.until, { moment: momentWords(span.end, now, formats, texts) });
}
