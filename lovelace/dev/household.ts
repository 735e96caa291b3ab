/** What else there is in the house of the scenes: people, weather, calendars, music. */
import type { EntityState } from "../src/homeassistant.ts";
import type { Layout } from "../src/model/settings.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function entity(entity_id: string, state: string, attributes: Record<string, unknown> = {}): EntityState {
  return { entity_id, state, attributes };
}

export const household: readonly EntityState[] = [
  entity("weather.home", "partlycloudy", {
    friendly_name: "Home",
    temperature: 11.6,
    temperature_unit: "°C",
    supported_features: 3,
  }),
  entity("calendar.family", "off", { friendly_name: "Family" }),
  entity("calendar.work", "off", { friendly_name: "Work" }),
  entity("person.anna", "home", { friendly_name: "Anna" }),
  entity("person.ben", "Office", { friendly_name: "Ben" }),
  entity("media_player.kitchen", "playing", {
    friendly_name: "Kitchen",
    media_title: "Gymnopédie No. 1",
    media_artist: "Erik Satie",
  }),
  entity("sensor.outside", "11.6", { friendly_name: "Outside", unit_of_measurement: "°C" }),
  entity("sensor.power", "432", { friendly_name: "Power", unit_of_measurement: "W" }),
  entity("binary_sensor.window", "off", { friendly_name: "Bathroom window" }),
  entity("camera.door", "idle", {
    friendly_name: "Door",
    access_token: "made-up",
    entity_picture: "/door.svg?token=1",
  }),
  entity("camera.hall", "idle", { friendly_name: "Hall", access_token: "made-up" }),
];

const words: Record<string, string> = { home: "Home", partlycloudy: "Partly cloudy", off: "Closed" };

/** As Home Assistant's frontend says it. */
export function inWords({ state, attributes }: EntityState): string {
  const unit = attributes.unit_of_measurement;
  return unit ? `${state} ${unit}` : (words[state] ?? state);
}

const hours = (distance: number) =>
  new Date(Math.floor(Date.now() / HOUR) * HOUR + distance * HOUR).toISOString();
const day = (distance: number) => new Date(Date.now() + distance * DAY).toISOString().slice(0, 10);

/** The first message of Home Assistant to such a subscription. */
export function firstMessage({ type, entity_id }: Record<string, unknown>): unknown {
  if (type === "weather/subscribe_forecast") {
    const conditions = ["sunny", "rainy", "cloudy", "lightning-rainy", "snowy"];
    const forecast = conditions.map((condition, index) => ({
      datetime: `${day(index)}T11:00:00+00:00`,
      condition,
      temperature: 12.4 - 3 * index,
      templow: 4 - 3 * index,
    }));
    return { type: "daily", forecast };
  }
  if (entity_id === "calendar.work") {
    return { events: [{ summary: "Planning the next quarter", start: hours(1), end: hours(2) }] };
  }
  return {
    events: [
      { summary: "Grandmother is here", start: day(-1), end: day(2) },
      { summary: "Dentist", start: hours(26), end: hours(27) },
      { summary: "Concert in the old gasworks with everybody", start: hours(75), end: hours(78) },
      { summary: "Paper bin", start: day(5), end: day(6) },
    ],
  };
}

/** What a household may have chosen. */
export const settled: Layout = {
  top_left: [
    { type: "clock", size: "small", date: false },
    {
      type: "entities",
      title: "Outside",
      entities: ["sensor.outside", "sensor.power", "binary_sensor.window"],
    },
  ],
  top_right: [{ type: "weather", forecast: "none" }],
  bottom_left: [{ type: "calendar", entities: ["calendar.family"], count: 2 }],
  bottom_right: [{ type: "people", entities: ["person.ben"] }],
  bottom_bar: [{ type: "hint", texts: ["The key lies below the mat."] }],
};
