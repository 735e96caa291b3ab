import { expect, test } from "vitest";
import { Formats } from "../src/model/formats.ts";
import { type ForecastType, forecastType, toCome } from "../src/model/weather.ts";
import { weatherIcon } from "../src/widgets/weather/icons.ts";

const formats = new Formats("en", "Europe/Berlin", false);
const now = Date.parse("2026-11-20T17:05:00Z");
const weather = (supported_features?: number) => ({
  entity_id: "weather.home",
  state: "sunny",
  attributes: { supported_features },
});
const left = (type: ForecastType, ...times: [string, boolean?][]) =>
  toCome(
    times.map(([datetime, is_daytime]) => ({ datetime, is_daytime })),
    type,
    now,
    formats,
  ).map(({ datetime }) => datetime);

test("what is wanted is subscribed to, or what the entity has instead", () => {
  expect(forecastType(weather(3), "daily")).toBe("daily");
  expect(forecastType(weather(3), "hourly")).toBe("hourly");
  expect(forecastType(weather(4), "daily")).toBe("twice_daily");
  expect(forecastType(weather(2), "daily")).toBe("hourly");
  expect(forecastType(weather(1), "hourly")).toBe("daily");
});

test("there is no forecast where none is wanted, and where the entity has none", () => {
  expect(forecastType(weather(3), "none")).toBeNull();
  expect(forecastType(weather(0), "daily")).toBeNull();
  expect(forecastType(weather(), "hourly")).toBeNull();
});

test("days come from tomorrow on, where the mirror hangs", () => {
  const days: [string][] = [["2026-11-20T11:00:00Z"], ["2026-11-20T23:30:00Z"], ["2026-11-22T11:00:00Z"]];
  expect(left("daily", ...days)).toEqual(["2026-11-20T23:30:00Z", "2026-11-22T11:00:00Z"]);
});

test("of half days the days are shown, of hours the next ones", () => {
  expect(left("twice_daily", ["2026-11-21T06:00:00Z", true], ["2026-11-21T18:00:00Z", false])).toEqual([
    "2026-11-21T06:00:00Z",
  ]);
  expect(left("hourly", ["2026-11-20T17:00:00Z"], ["2026-11-20T18:00:00Z"])).toEqual([
    "2026-11-20T18:00:00Z",
  ]);
});

test("a condition that is not known is a cloud", () => {
  expect(weatherIcon("sunny")).not.toBe(weatherIcon("cloudy"));
  expect(weatherIcon("raining frogs")).toBe(weatherIcon("cloudy"));
  expect(weatherIcon(undefined)).toBe(weatherIcon("cloudy"));
});
