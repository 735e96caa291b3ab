import { expect, test } from "vitest";
import { Formats, formatsOf } from "../src/model/formats.ts";

const evening = Date.parse("2026-11-20T17:05:00Z"); // 18:05 in Berlin
const english = new Formats("en", "Europe/Berlin", true);
const german = new Formats("de", "Europe/Berlin", false);
const dayOf = (date: string) => Date.parse(date) / 86_400_000;

test("the clock shows twelve or twenty-four hours", () => {
  expect(english.clock(evening)).toEqual({ time: "6:05", period: "PM" });
  expect(german.clock(evening)).toEqual({ time: "18:05", period: "" });
});

test("midnight is 00:00, not 24:00", () => {
  expect(german.clock(Date.parse("2026-11-20T23:00:00Z")).time).toBe("00:00");
});

test("the date is written as the language writes it", () => {
  expect(english.date(evening)).toBe("Friday, November 20");
  expect(german.date(evening)).toBe("Freitag, 20. November");
});

test("a share is a percentage without decimals", () => {
  expect(english.percent(0.619)).toBe("62%");
  expect(german.percent(0.619)).toBe("62\u00a0%");
});

test("the day is the one where the mirror hangs", () => {
  const nearMidnight = Date.parse("2026-11-20T23:30:00Z");
  expect(german.dayOf(nearMidnight)).toBe(dayOf("2026-11-21"));
  expect(new Formats("en", "America/New_York", true).dayOf(nearMidnight)).toBe(dayOf("2026-11-20"));
});

test.each([
  ["2026-11-19", "yesterday"],
  ["2026-11-20", "today"],
  ["2026-11-21", "tomorrow"],
  ["2026-11-26", "Thursday"],
  ["2026-11-27", "Nov 27"],
  ["2026-11-10", "Nov 10"],
  ["2027-01-03", "Jan 3, 2027"],
])("seen from Friday, %s is %s", (date, words) => {
  expect(english.day(dayOf(date), dayOf("2026-11-20"))).toBe(words);
});

test("the person's choices in Home Assistant are kept", () => {
  const chosen = formatsOf({
    language: "en",
    locale: { language: "en", time_format: "24", time_zone: "server" },
    config: { time_zone: "Asia/Tokyo" },
  });
  expect(chosen.clock(evening)).toEqual({ time: "02:05", period: "" });
});

test("the language decides between twelve and twenty-four hours where nothing was chosen", () => {
  const time = (language: string) =>
    formatsOf({ language, locale: { language, time_zone: "server" }, config: { time_zone: "UTC" } }).clock(
      evening,
    );
  expect(time("en").period).toBe("PM");
  expect(time("de").time).toBe("17:05");
});

test("a little below zero is zero, without a sign", () => {
  expect(english.degrees(-0.4)).toBe("0°");
  expect(english.degrees(-11.6)).toBe("-12°");
});

test("who wants the clock of the browser has it, and who has said no language English", () => {
  const system = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hour12;
  const formats = formatsOf({ language: "", locale: { language: "", time_format: "system" } });
  expect(formats.clock(evening).period !== "").toBe(system);
  expect(formats.day(1, 0)).toBe("tomorrow");
});
