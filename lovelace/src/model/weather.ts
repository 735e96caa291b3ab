import type { EntityState } from "../homeassistant.ts";
import type { Formats } from "./formats.ts";

export type ForecastType = "daily" | "hourly" | "twice_daily";

/** A day, half a day or an hour to come. */
export interface Forecast {
  datetime: string;
  condition?: string;
  temperature?: number | null;
  templow?: number | null;
  is_daytime?: boolean;
}

/** Features of Home Assistant's weather entities. */
const FEATURES: Record<ForecastType, number> = { daily: 1, hourly: 2, twice_daily: 4 };

/** The forecast to subscribe to: what is wanted, or what the entity has instead; null where it has none. */
export function forecastType(
  { attributes }: EntityState,
  wanted: "daily" | "hourly" | "none",
): ForecastType | null {
  if (wanted === "none") return null;
  const features = Number(attributes.supported_features ?? 0);
  const order: ForecastType[] = wanted === "daily" ? ["daily", "twice_daily", "hourly"] : ["hourly", "daily"];
  return order.find((type) => features & FEATURES[type]) ?? null;
}

/** What is to come after now: the next hours, or the days from tomorrow on; of half days, the days. */
export function toCome(forecast: Forecast[], type: ForecastType, now: number, formats: Formats): Forecast[] {
  const today = formats.dayOf(now);
  return forecast.filter(({ datetime, is_daytime }) => {
    const moment = Date.parse(datetime);
    return type === "hourly" ? moment > now : formats.dayOf(moment) > today && is_daytime !== false;
  });
}
