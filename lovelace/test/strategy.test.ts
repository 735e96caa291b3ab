import { expect, test } from "vitest";
import { House, view } from "../dev/house.ts";
import { dashboardOf, type StrategyConfig, viewFor } from "../src/strategy/dashboard.ts";
import { dashboardStrategy, viewStrategy } from "../src/strategy/index.ts";
import { registries } from "./registries.ts";

const hass = new House(view).hass(registries);

interface View {
  title: string;
  sections: { cards: { type: string; device_id?: string; entity?: string; grid_options?: object }[] }[];
  cards: { type: string; content: string }[];
}

const views = async (config: StrategyConfig = {}, house = hass) =>
  (await dashboardOf(config, house)).views as View[];
const types = (view: View | undefined) =>
  view?.sections.flatMap(({ cards }) => cards.slice(1).map(({ type }) => type));

test("each mirror has its page, with the cards of that mirror", async () => {
  const [bath, hall, log] = await views();
  expect([bath?.title, hall?.title, log?.title]).toEqual(["Bath", "Hall", "Log"]);
  expect(log?.sections.map(({ cards }) => cards[0]?.device_id)).toEqual(["bath", "hall"]);
  expect(types(bath)).toEqual([
    "custom:mira-mirror-card",
    "custom:mira-privacy-card",
    "custom:mira-todo-card",
    "custom:mira-gesture-card",
  ]);
  const devices = hall?.sections.flatMap(({ cards }) => cards.flatMap(({ device_id }) => device_id ?? []));
  expect(new Set(devices)).toEqual(new Set(["hall"]));
});

test("thresholds and lock come as tiles, where the mirror has them", async () => {
  const [, hall] = await views();
  const tiles = hall?.sections.at(-1)?.cards.slice(1);
  expect(tiles?.map(({ entity }) => entity)).toEqual(["number.hall_hold", "lock.hall_pin"]);
  expect(tiles?.map(({ grid_options }) => grid_options)).toEqual([{ columns: 12 }, { columns: 12 }]); // names are not cut
});

test("mirrors and sections can be chosen", async () => {
  const chosen = await views({
    mirrors: ["hall"],
    todos: false,
    gestures: false,
    settings: false,
    privacy: false,
    log: false,
  });
  expect(chosen.map(({ title }) => title)).toEqual(["Hall"]);
  expect(types(chosen[0])).toEqual(["custom:mira-mirror-card"]);
});

test("without a mirror the page says what to do", async () => {
  const [only, ...more] = await views({}, new House(view).hass());
  expect(more).toEqual([]);
  expect(only?.cards[0]?.content).toContain("Add Mira");
});

test("a view of one's own dashboard can be a mirror's page", async () => {
  expect(((await viewFor({ device_id: "bath" }, hass)) as View).title).toBe("Bath");
  expect(((await viewFor({ device_id: "gone" }, hass)) as View).cards).toHaveLength(1);
  expect(((await viewFor({}, hass)) as View).cards[0]?.content).toContain("There are several mirrors");
});

test("Home Assistant makes them by their elements, anew with each mirror that comes", async () => {
  expect((await dashboardStrategy.generate({}, hass)) as object).toEqual(await dashboardOf({}, hass));
  expect(await viewStrategy.generate({ device_id: "bath" }, hass)).toEqual(
    await viewFor({ device_id: "bath" }, hass),
  );
  for (const { registryDependencies } of [dashboardStrategy, viewStrategy])
    expect(registryDependencies).toEqual(["devices", "entities"]);
});

test("a dashboard that is added has a title, and its options have a form", async () => {
  expect(dashboardStrategy.getCreateSuggestions()).toMatchObject({ title: "Mirrors" });
  expect((await dashboardStrategy.getConfigElement()).localName).toBe("mira-strategy-editor");
});
