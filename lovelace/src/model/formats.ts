import type { HomeAssistant } from "../homeassistant.ts";

const DAY = 86_400_000;

/** Dates, times and numbers as the person at the mirror writes them. Moments are Unix milliseconds. */
export class Formats {
  readonly #time: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #short: Intl.DateTimeFormat;
  readonly #shortWithYear: Intl.DateTimeFormat;
  readonly #weekday: Intl.DateTimeFormat;
  readonly #percent: Intl.NumberFormat;
  readonly #weekdayHere: Intl.DateTimeFormat;
  readonly #whole: Intl.NumberFormat;
  readonly #relative: Intl.RelativeTimeFormat;
  readonly #calendar: Intl.DateTimeFormat;

  constructor(
    readonly language: string,
    readonly zone: string | undefined,
    hour12: boolean,
  ) {
    const timeZone = zone;
    const date = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, options);
    const cycle: Intl.DateTimeFormatOptions = hour12 ? { hour12 } : { hourCycle: "h23" };
    this.#time = date({ hour: hour12 ? "numeric" : "2-digit", minute: "2-digit", timeZone, ...cycle });
    this.#date = date({ weekday: "long", day: "numeric", month: "long", timeZone });
    this.#short = date({ day: "numeric", month: "short", timeZone: "UTC" });
    this.#shortWithYear = date({ day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
    this.#weekday = date({ weekday: "long", timeZone: "UTC" });
    this.#weekdayHere = date({ weekday: "short", timeZone });
    this.#whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
    this.#percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
    this.#relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
    this.#calendar = new Intl.DateTimeFormat("en", {
      year: "numeric",
      month: "numeric",
      day: "numeric",
      timeZone,
    });
  }

  /** The time of day; `period` is AM or PM, empty on a 24-hour clock. */
  clock(moment: number): { time: string; period: string } {
    const parts = this.#time.formatToParts(moment);
    const period = parts.find((part) => part.type === "dayPeriod")?.value ?? "";
    const time = parts.filter((part) => part.type !== "dayPeriod").map((part) => part.value);
    return { time: time.join("").trim(), period };
  }

  /** The time of day in one piece. */
  time(moment: number): string {
    return this.#time.format(moment);
  }

  /** Weekday, day and month. */
  date(moment: number): string {
    return this.#date.format(moment);
  }

  /** The weekday of a moment, in few letters. */
  weekday(moment: number): string {
    return this.#weekdayHere.format(moment);
  }

  /** A temperature without its unit's letter, as people say it. */
  degrees(temperature: number): string {
    return `${this.#whole.format(Math.round(temperature) || 0)}°`; // never -0
  }

  /** A share from 0 to 1. */
  percent(share: number): string {
    return this.#percent.format(share);
  }

  /** The calendar day of a moment where the mirror hangs, counted from 1970-01-01. */
  dayOf(moment: number): number {
    const parts = Object.fromEntries(
      this.#calendar.formatToParts(moment).map((part) => [part.type, part.value]),
    );
    return Date.UTC(Number(parts.year), Number(parts.month) - 1, Number(parts.day)) / DAY;
  }

  /** A calendar day in words, seen from another: today, tomorrow, Friday, 5 Dec. */
  day(day: number, today: number): string {
    const distance = day - today;
    if (Math.abs(distance) <= 1) return this.#relative.format(distance, "day");
    if (distance > 1 && distance < 7) return this.#weekday.format(day * DAY);
    const sameYear = new Date(day * DAY).getUTCFullYear() === new Date(today * DAY).getUTCFullYear();
    return (sameYear ? this.#short : this.#shortWithYear).format(day * DAY);
  }
}

/** The formats that a person chose in Home Assistant. */
export function formatsOf(hass: Pick<HomeAssistant, "language" | "locale" | "config">): Formats {
  const language = hass.locale?.language || hass.language || "en";
  return new Formats(language, zoneOf(hass), hasTwelveHours(language, hass.locale?.time_format));
}

/** The time zone of the mirror's clock: Home Assistant's or the browser's. Either may change at any time. */
export function zoneOf({ locale, config }: Pick<HomeAssistant, "locale" | "config">): string | undefined {
  return locale?.time_zone === "server" ? config?.time_zone : ownZone();
}

let own = { minute: Number.NaN, offset: Number.NaN, zone: "" };

/** The browser's time zone, looked at once a minute, or where it is another offset: to ask takes 0.3 ms. */
function ownZone(): string {
  const now = new Date();
  const [minute, offset] = [Math.floor(now.getTime() / 60_000), now.getTimezoneOffset()];
  if (minute !== own.minute || offset !== own.offset)
    own = { minute, offset, zone: new Intl.DateTimeFormat().resolvedOptions().timeZone };
  return own.zone;
}

function hasTwelveHours(language: string, format = "language"): boolean {
  if (format === "12" || format === "24") return format === "12";
  const locale = format === "system" ? undefined : language;
  return new Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions().hour12 === true;
}
