import { expect, test } from "vitest";
import { dueOf, momentWords } from "../src/model/due.ts";
import { Formats } from "../src/model/formats.ts";
import en from "../src/texts/en/display.json";

const formats = new Formats("en", "Europe/Berlin", false);
const now = Date.parse("2026-11-20T17:05:00Z"); // Friday, 18:05 in Berlin
const due = (text: string | null | undefined) => dueOf(text, now, formats, en);

test("a date is due until its day is over", () => {
  expect(due("2026-11-20")).toEqual({ words: "today", overdue: false });
  expect(due("2026-11-19")).toEqual({ words: "yesterday", overdue: true });
});

test("a time is due until its minute has come", () => {
  expect(due("2026-11-20T18:06:00+01:00")).toEqual({ words: "today, 18:06", overdue: false });
  expect(due("2026-11-20T18:04:00+01:00")).toEqual({ words: "today, 18:04", overdue: true });
});

test("a time is shown where the mirror hangs, whatever its offset", () => {
  expect(due("2026-11-20T20:00:00-05:00")?.words).toBe("tomorrow, 02:00");
});

test.each([null, undefined, "", "soon"])("%s is no due date", (text) => {
  expect(due(text)).toBeNull();
});

test("a moment of today is its time alone", () => {
  expect(momentWords(now - 60_000, now, formats, en)).toBe("18:04");
  expect(momentWords(now - 86_400_000, now, formats, en)).toBe("yesterday, 18:05");
});
