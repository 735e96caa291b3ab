import { expect, test } from "vitest";
import { type CalendarEvent, eventWords, upcoming } from "../src/model/calendar.ts";
import { Formats } from "../src/model/formats.ts";
import en from "../src/texts/en/display.json";

const formats = new Formats("en", "Europe/Berlin", false);
const now = Date.parse("2026-11-20T17:05:00Z"); // Friday, 18:05 in Berlin
const event = (summary: string, start: string, end: string): CalendarEvent => ({ summary, start, end });
const listed = (...events: CalendarEvent[]) => upcoming(events, now, formats).map(({ summary }) => summary);
const said = (start: string, end: string) => eventWords(event("", start, end), now, formats, en);

test("what is over is not listed, what is going on is", () => {
  expect(
    listed(
      event("lunch", "2026-11-20T12:00:00+01:00", "2026-11-20T13:00:00+01:00"),
      event("work", "2026-11-20T17:00:00+01:00", "2026-11-20T19:00:00+01:00"),
      event("yesterday", "2026-11-19", "2026-11-20"),
      event("today", "2026-11-20", "2026-11-21"),
    ),
  ).toEqual(["today", "work"]);
});

test("the soonest comes first, and of one day what takes all of it", () => {
  expect(
    listed(
      event("dentist", "2026-11-21T08:00:00+01:00", "2026-11-21T09:00:00+01:00"),
      event("dinner", "2026-11-20T20:00:00+01:00", "2026-11-20T22:00:00+01:00"),
      event("fair", "2026-11-21", "2026-11-22"),
      event("holidays", "2026-11-14", "2026-11-29"),
    ),
  ).toEqual(["holidays", "dinner", "fair", "dentist"]);
});

test("what two calendars have is listed once", () => {
  const twice = event("party", "2026-11-21T20:00:00+01:00", "2026-11-21T23:00:00+01:00");
  expect(listed(twice, { ...twice })).toEqual(["party"]);
});

test.each([
  ["2026-11-20T20:00:00+01:00", "2026-11-20T22:00:00+01:00", "today, 20:00"],
  ["2026-11-21T20:00:00+01:00", "2026-11-21T22:00:00+01:00", "tomorrow, 20:00"],
  ["2026-11-20T17:00:00+01:00", "2026-11-20T19:00:00+01:00", "until 19:00"],
  ["2026-11-20T17:00:00+01:00", "2026-11-22T19:00:00+01:00", "until Sunday, 19:00"],
  ["2026-11-20", "2026-11-21", "today"],
  ["2026-11-24", "2026-11-25", "Tuesday"],
  ["2026-11-19", "2026-11-21", "today"],
  ["2026-11-19", "2026-11-23", "until Sunday"],
  ["2026-11-20", "2026-11-22", "until tomorrow"],
])("an event from %s to %s is %s", (start, end, words) => {
  expect(said(start, end)).toBe(words);
});

test("of one day, what begins first comes first", () => {
  expect(
    listed(
      event("dinner", "2026-12-01T18:00:00+01:00", "2026-12-01T19:00:00+01:00"),
      event("lunch", "2026-12-01T12:00:00+01:00", "2026-12-01T13:00:00+01:00"),
    ),
  ).toEqual(["lunch", "dinner"]);
});
