import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { House, state, view } from "../dev/house.ts";
import { household } from "../dev/household.ts";
import "../src/index.ts";
import type { HomeAssistant } from "../src/homeassistant.ts";
import type { Layout } from "../src/model/settings.ts";
import type { MiraPanel } from "../src/panel.ts";
import type { Device } from "../src/protocol.ts";
import { textsOf } from "../src/texts.ts";
import { WIDGET_TYPES, widgetElement, widgetSettings } from "../src/widgets/index.ts";
import type { MiraWidget } from "../src/widgets/widget.ts";

let house: House;
let panel: MiraPanel;

beforeAll(() => Promise.all([textsOf("en"), ...WIDGET_TYPES.map(widgetElement)]));

beforeEach(() => {
  vi.spyOn(window, "matchMedia").mockReturnValue({ matches: true } as MediaQueryList); // motion is reduced
  vi.useFakeTimers({ now: Date.parse("2026-11-20T12:00:00.000Z") });
  house = new House({ ...view, state });
  house.states = Object.fromEntries(household.map((entity) => [entity.entity_id, entity]));
});

afterEach(() => {
  panel.remove();
  vi.useRealTimers();
});

const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

/** Long enough to see which entities there are, and to hear from them. */
const lookAround = () => settle(2_000);

async function open(home?: Layout, fields: Partial<HomeAssistant> = {}): Promise<void> {
  if (home) house.view = { ...house.view, display: { version: 1, pages: { home } } };
  panel = document.createElement("mira-panel") as MiraPanel;
  panel.hass = house.hass(fields);
  house.changed = (changed) => {
    panel.hass = { ...(panel.hass as HomeAssistant), ...changed };
  };
  document.body.append(panel);
  await lookAround();
}

const widget = (type: string) => panel.renderRoot.querySelector<MiraWidget>(`mira-${type}`);
const inside = (type: string, hook: string) => [
  ...(widget(type)?.renderRoot.querySelectorAll<HTMLElement>(`[data-test="${hook}"]`) ?? []),
];
const words = (type: string, hook: string) =>
  inside(type, hook).map(({ textContent }) => textContent?.replace(/\s+/g, " ").trim());
const asked = () => [...house.feeds.keys()].map(({ type, entity_id }) => `${type} ${entity_id}`);

test("a first start shows what there is: weather, events, people, music", async () => {
  await open();
  expect(words("weather", "temperature")).toEqual(["12°"]);
  expect(words("weather", "forecast")).toEqual(["Sat 9°", "Sun 6°", "Mon 3°"]);
  expect(words("calendar", "event")).toEqual([
    "Grandmother is here until tomorrow",
    "Planning the next quarter today, 14:00",
    "Dentist tomorrow, 15:00",
    "Concert in the old gasworks with everybody Monday, 16:00",
  ]);
  expect(words("people", "person")).toEqual(["Anna Home", "Ben Office"]);
  expect(words("media", "media-title")).toEqual(["Gymnopédie No. 1"]);
});

test("a widget is given those changes only that it shows", async () => {
  await open();
  const before = widget("weather")?.hass;
  house.set("sensor.power", "433");
  await settle();
  expect(widget("weather")?.hass).toBe(before);
  house.set("weather.home", "rainy", { temperature: 3.2 });
  await settle();
  expect(words("weather", "temperature")).toEqual(["3°"]);
});

test("what has nothing to show gives its place to others", async () => {
  house.states = {};
  await open();
  for (const type of ["weather", "calendar", "people", "media"])
    expect(widget(type)?.hidden, type).toBe(true);
  expect(widget("todos")?.hidden).toBe(false);
});

test("an entity that comes is found, and one that goes is not shown any more", async () => {
  await open();
  house.set("person.carla", "home", { friendly_name: "Carla" });
  house.set("person.anna", null);
  await lookAround();
  expect(words("people", "person")).toEqual(["Ben Office", "Carla Home"]);
});

test("music is shown while it plays", async () => {
  await open();
  house.set("media_player.kitchen", "paused");
  await settle();
  expect(widget("media")?.hidden).toBe(true);
});

test("what a household settles is followed at once", async () => {
  await open({ top_left: [{ type: "clock", size: "small", date: false }] });
  expect(words("clock", "time")).toEqual(["13:00"]);
  expect(words("clock", "date")).toEqual([]);
  expect(widget("weather")).toBeNull();
  const home = {
    top_left: [{ type: "clock", size: "small" }],
    bottom_left: [
      { type: "entities", title: "Outside", entities: ["sensor.outside", "sensor.none", "sensor.power"] },
    ],
  };
  house.show({ display: { version: 1, pages: { home } } });
  await settle();
  expect(words("clock", "date")).toEqual(["Friday, November 20"]);
  expect(words("entities", "entity")).toEqual(["Outside 11.6 °C", "Power 432 W"]);
});

test("a widget that this display does not have is left out", async () => {
  await open({ top_left: [{ type: "fireworks" }, { type: "clock" }] });
  expect(words("clock", "time")).toEqual(["13:00"]);
});

test("the entities that are named are shown, and no others", async () => {
  const people = [{ type: "people", entities: ["person.ben"] }];
  await open({ top_left: [{ type: "calendar", entities: ["calendar.work"], count: 1 }], top_right: people });
  expect(words("calendar", "event")).toEqual(["Planning the next quarter today, 14:00"]);
  expect(words("people", "person")).toEqual(["Ben Office"]);
  expect(asked()).toEqual(["calendar/event/subscribe calendar.work"]);
});

test("subscriptions last while the widget is on the glass, and come back with Home Assistant", async () => {
  await open();
  const all = [
    "calendar/event/subscribe calendar.family",
    "calendar/event/subscribe calendar.work",
    "weather/subscribe_forecast weather.home",
  ];
  expect(asked().sort()).toEqual(all);
  house.disconnect();
  house.reconnect();
  await settle();
  expect(asked().sort()).toEqual(all);
  house.showState({ page: "clock" });
  await settle();
  expect(asked()).toEqual([]);
  house.showState({ page: "home" });
  await settle();
  expect(asked().sort()).toEqual(all);
});

test("a calendar is asked again when the hour is over", async () => {
  await open({ top_left: [{ type: "calendar", entities: ["calendar.work"] }] });
  const [first] = house.feeds.keys();
  await settle(3_600_000);
  const [second, ...others] = house.feeds.keys();
  expect([first?.start, second?.start]).toEqual(["2026-11-20T12:00:00.000Z", "2026-11-20T13:00:00.000Z"]);
  expect(others).toEqual([]);
});

test("names are text, never a part of the page", async () => {
  const evil = '<img src=x onerror="alert(1)">';
  const people = [{ type: "people" }, { type: "entities", title: evil, entities: ["sensor.power"] }];
  house.states["sensor.power"] = {
    entity_id: "sensor.power",
    state: evil,
    attributes: { friendly_name: evil },
  };
  await open({ top_left: people, bottom_left: [{ type: "media" }, { type: "hint", texts: [evil] }] });
  house.set("person.anna", evil, { friendly_name: evil });
  house.set("media_player.kitchen", "playing", { media_title: evil, media_artist: evil });
  await settle();
  for (const type of ["people", "entities", "media", "hint"]) {
    expect(widget(type)?.renderRoot.textContent, type).toContain("<img");
    expect(widget(type)?.renderRoot.querySelector("img"), type).toBeNull();
  }
});

test("what is no text, but pretends to be a part of the page, is words, too", async () => {
  await open({ bottom_left: [{ type: "media" }] });
  const template = { _$litType$: 1, strings: ["<b>bold</b>"], values: [] };
  house.set("media_player.kitchen", "playing", { media_title: template, media_artist: [template] });
  await settle();
  expect(words("media", "media-title")).toEqual(["[object Object]"]);
  expect(widget("media")?.renderRoot.querySelector("b")).toBeNull();
});

test("a cover is asked for where Home Assistant has it, and nowhere else", async () => {
  await open({ bottom_left: [{ type: "media" }] });
  house.set("media_player.kitchen", "playing", { entity_picture: "https://covers.example/1.jpg" });
  await settle();
  expect(widget("media")?.renderRoot.querySelector("img")).toBeNull();
  house.set("media_player.kitchen", "playing", { entity_picture: "/api/media_player_proxy/1.jpg" });
  await settle();
  expect(widget("media")?.renderRoot.querySelector("img")?.getAttribute("src")).toBe(
    "/api/media_player_proxy/1.jpg",
  );
});

test("a camera's picture is asked for again when it is there, and hidden where it is not", async () => {
  await open({ bottom_left: [{ type: "camera", entity: "camera.door", seconds: 15 }] });
  const picture = () => inside("camera", "camera-picture")[0] as HTMLImageElement;
  const turn = () => Number(new URL(picture().src, "http://mirror.test").searchParams.get("turn"));
  const frame = () => inside("camera", "camera-frame")[0]?.className.trim();
  expect(picture().getAttribute("src")).toContain("/api/camera_proxy/camera.door?token=made-up");
  expect(frame()).toBe("picture without");
  const first = turn();
  await settle(60_000);
  expect(turn()).toBe(first);
  picture().dispatchEvent(new Event("load"));
  await settle();
  expect(frame()).toBe("picture");
  await settle(15_000);
  expect(turn()).toBe(first + 1);
  picture().dispatchEvent(new Event("error"));
  await settle();
  expect(frame()).toBe("picture without");
  await settle(10_000);
  expect(turn()).toBe(first + 2);
  house.set("camera.door", "idle", { access_token: "another" });
  await settle();
  expect(picture().getAttribute("src")).toContain("token=another");
  house.set("camera.door", "unavailable");
  await settle();
  expect(widget("camera")?.hidden).toBe(true);
});

const seen = (camera: Partial<Device> = {}) =>
  house.show({
    devices: {
      camera: {
        kind: "camera",
        capture: "open",
        entity: "camera.hall",
        picture: { width: 1280, height: 720, mirrored: false },
        ...camera,
      },
    },
  });
const lines = () => inside("camera", "camera-hands").flatMap((hands) => [...hands.querySelectorAll("path")]);
const drawn = (kind: string) =>
  lines()
    .find((path) => (path.getAttribute("class") ?? "") === kind)
    ?.getAttribute("d");

test("without a picture, what the mirror sees is the hand alone, in the shape of its pictures", async () => {
  await open({ bottom_left: [{ type: "camera" }] });
  seen();
  house.wave({ engaged: true }, { engaged: false, x: 0.2 });
  await settle();
  expect(inside("camera", "camera-picture")).toEqual([]);
  const frame = inside("camera", "camera-frame")[0];
  expect(frame?.className).toBe("picture alone");
  expect(frame?.getAttribute("style")).toBe(`--ratio: ${1280 / 720}`);
  expect(drawn("")?.match(/[ML]/g)?.length).toBe(27);
  expect(drawn("joints")?.match(/M/g)?.length).toBe(21);
  expect(drawn("idle joints")?.match(/M/g)?.length).toBe(21);
  await settle(1_500);
  expect(drawn("")).toBe("");
});

test.each(["closed", "opening", "no_signal", "failed"] as const)(
  "nothing that the mirror's camera sees is shown while it is %s",
  async (capture) => {
    await open({
      bottom_left: [{ type: "camera" }],
      bottom_right: [{ type: "camera", entity: "camera.hall" }],
    });
    const all = () => [...panel.renderRoot.querySelectorAll<MiraWidget>("mira-camera")];
    const counts = () =>
      all().map(({ hidden, renderRoot }) => !hidden && renderRoot.querySelectorAll("div").length);
    seen();
    await settle();
    expect(counts()).toEqual([1, 1]);
    seen({ capture, picture: null });
    await settle();
    expect(counts()).toEqual([false, false]);
    expect(all().flatMap(({ renderRoot }) => [...renderRoot.querySelectorAll("img, svg, div")])).toEqual([]);
    house.show({ devices: {}, connected: false });
    await settle();
    expect(counts()).toEqual([false, false]);
  },
);

test("the mirror's own camera is gone from the glass with hands or without, another one stays", async () => {
  await open({
    bottom_left: [{ type: "camera", entity: "camera.hall", hands: "never" }],
    bottom_right: [{ type: "camera", entity: "camera.door" }],
  });
  seen();
  seen({ capture: "closed" });
  await settle();
  const all = [...panel.renderRoot.querySelectorAll<MiraWidget>("mira-camera")];
  expect(all.map(({ hidden, options }) => [options.entity, hidden])).toEqual([
    ["camera.door", false],
    ["camera.hall", true],
  ]);
});

test("a standby, which has no camera, does not bring the picture of a camera back that is off", async () => {
  await open({ bottom_left: [{ type: "camera", entity: "camera.hall", hands: "never" }] });
  seen({ capture: "closed" });
  await settle();
  house.show({ devices: { camera: { kind: "camera", capture: "closed", entity: null } } });
  await settle();
  expect(inside("camera", "camera-picture")).toEqual([]);
});

test("no picture is asked for while its page is not on the glass", async () => {
  await open({ bottom_left: [{ type: "camera", entity: "camera.door", seconds: 1 }] });
  const picture = inside("camera", "camera-picture")[0];
  house.showState({ page: "clock" });
  await settle();
  const source = picture?.getAttribute("src");
  picture?.dispatchEvent(new Event("load"));
  await settle(3_000);
  expect(picture?.getAttribute("src")).toBe(source);
});

test("a picture that was taken before the camera was closed never comes back", async () => {
  await open({ bottom_left: [{ type: "camera", entity: "camera.hall" }] });
  const source = () => inside("camera", "camera-picture")[0]?.getAttribute("src");
  seen();
  await settle();
  const before = source();
  seen({ capture: "closed" });
  await settle();
  seen();
  await settle();
  expect(source()).not.toBe(before);
});

test.each([
  ["auto", "camera.hall", false, "turned", 1],
  ["auto", "camera.hall", true, "", 1],
  ["always", "camera.door", false, "turned", 1],
  ["never", "camera.hall", false, "turned", 0],
  ["auto", "camera.door", false, "", 0],
])("hands %s over %s, mirrored already %s: %s", async (hands, entity, mirrored, turned, drawn) => {
  await open({ bottom_left: [{ type: "camera", entity, hands }] });
  seen({ picture: { width: 640, height: 480, mirrored } });
  house.wave({});
  await settle();
  expect(inside("camera", "camera-hands").length).toBe(drawn);
  expect(inside("camera", "camera-picture")[0]?.className).toBe(turned);
});

test("a display that draws no hands draws nothing because of them", async () => {
  await open({
    bottom_left: [{ type: "camera", entity: "camera.door" }],
    bottom_right: [{ type: "camera" }],
  });
  seen();
  await settle();
  const [door, hall] = panel.renderRoot.querySelectorAll<MiraWidget>("mira-camera");
  const updates = [door, hall].map((each) => vi.spyOn(each as MiraWidget, "requestUpdate"));
  house.wave({});
  await settle();
  expect(updates.map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
});

test("each day has its hint", async () => {
  await open({ bottom_bar: [{ type: "hint", texts: ["one", "two"] }] });
  const today = words("hint", "hint");
  vi.setSystemTime(Date.parse("2026-11-21T12:00:00.000Z"));
  await settle(2_000);
  expect([...today, ...words("hint", "hint")].sort()).toEqual(["one", "two"]);
});

test("text follows from the size of the screen and the distance", async () => {
  house.view = { ...house.view, display: { version: 1, size: { diagonal: 55, distance: 2 } } };
  await open();
  const shown = () => ["--mira-scale", "--mira-touch"].map((name) => panel.style.getPropertyValue(name));
  const told = shown();
  expect(told).not.toContain("");
  house.show({ display: {} });
  await settle();
  expect(shown()).not.toEqual(told);
});

test.each([...widgetSettings])(
  "the widget %s has a default for each option",
  (_type, { defaults, schema }) => {
    expect(schema.map(({ name }) => name)).toEqual(Object.keys(defaults));
  },
);

test("a Home Assistant that says no state in words shows it as it is", async () => {
  await open(
    { middle: [{ type: "entities", entities: ["sensor.power"] }] },
    { formatEntityState: undefined },
  );
  expect(words("entities", "entity")[0]).toContain("432");
  expect(words("entities", "entity")[0]).not.toContain("W");
});

test("a widget that is not on the glass is told what has changed when it is there again", async () => {
  await open();
  const people = widget("people");
  house.showState({ page: "clock" });
  await settle();
  house.set("person.ben", "home");
  await settle();
  expect(people?.hass.states?.["person.ben"]?.state).toBe("Office");
  house.showState({ page: "home" });
  await settle();
  expect(people?.hass.states?.["person.ben"]?.state).toBe("home");
});

test("what is completed is removed by one tap, where it is shown at all", async () => {
  await open({ middle: [{ type: "todos" }] });
  expect(inside("todos", "clear")).toEqual([]);
  panel.remove();
  const todos = [{ uid: "1", summary: "Milk", status: "completed" as const }];
  house = new House({ ...view, state: { ...state, todos } });
  await open({ middle: [{ type: "todos", completed: true }] });
  const [clear] = inside("todos", "clear");
  expect(words("todos", "clear")).toEqual(["Remove completed"]);
  clear?.click();
  await settle();
  expect(house.calls.at(-1)).toMatchObject({ action: "clear_completed_todos", payload: {} });
});
