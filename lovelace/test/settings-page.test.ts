import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { House, state, view } from "../dev/house.ts";
import "../src/settings/page.ts";
import type { MiraSettings } from "../src/settings/page.ts";
import { registries } from "./registries.ts";
import "../src/widgets/weather/widget.ts";

vi.mock("../src/settings/preview.ts", () => ({})); // there are no frames here

let house: House;
let page: MiraSettings;
let sent: { display: { pages: Record<string, object> } }[];
let refuse: string | null;

/** Stands for Home Assistant's form. */
class Form extends HTMLElement {
  data: Record<string, unknown> = {};
  schema: { name: string; selector: { select?: { options: { label: string }[] } } }[] = [];
  change(value: Record<string, unknown>): void {
    const detail = { value: { ...this.data, ...value } };
    this.dispatchEvent(new CustomEvent("value-changed", { detail }));
  }
}

if (!customElements.get("ha-form")) customElements.define("ha-form", Form);

beforeEach(async () => {
  house = new House({ ...view, state, display: { size: { diagonal: 24, distance: 2 } } });
  sent = [];
  refuse = null;
  vi.spyOn(house.connection, "sendMessagePromise").mockImplementation(async (message) => {
    if (message.type === "mira/people/list") return { people: [], next: null } as never;
    if (refuse) throw { code: "bad_settings", message: refuse };
    sent.push(message as unknown as (typeof sent)[number]);
    return {} as never;
  });
  page = document.createElement("mira-settings") as MiraSettings;
  const { hall } = registries.devices;
  page.hass = house.hass({ ...registries, devices: { hall: hall as NonNullable<typeof hall> } });
  document.body.append(page);
  await vi.waitFor(() => expect(all("mira-layout-editor")).toHaveLength(1)); // its texts are loaded
});

afterEach(() => page.remove());

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setTimeout(done));
}

function all(selector: string, root: ParentNode = page.renderRoot): HTMLElement[] {
  const here = [...root.querySelectorAll<HTMLElement>(selector)];
  return [
    ...here,
    ...[...root.querySelectorAll("*")].flatMap((inner) =>
      inner.shadowRoot ? all(selector, inner.shadowRoot) : [],
    ),
  ];
}

async function click(selector: string): Promise<void> {
  all(selector)[0]?.click();
  await settle();
}

const types = (region: string) =>
  all(`[data-test="region-${region}"] [data-test="widget"]`).map(({ dataset }) => dataset.type);
const outcome = () => all('[data-test="outcome"]')[0]?.textContent;

async function add(region: string, type: string): Promise<void> {
  const select = all(`[data-test="region-${region}"] select`)[0] as HTMLSelectElement;
  select.value = type;
  select.dispatchEvent(new Event("change"));
  await settle();
}

test("it begins with what hangs there by itself, and nothing to save", () => {
  expect(types("top_left")).toEqual(["clock", "calendar"]);
  expect(outcome()).toBeUndefined();
});

test("a widget is added and settled in its form; saved is only what was changed", async () => {
  await add("bottom_bar", "weather");
  expect(types("bottom_bar")).toEqual(["hint", "weather"]);
  const form = all("li ha-form")[0] as Form;
  expect(form.data).toMatchObject({ forecast: "daily", count: 3 });
  expect(form.schema[1]?.selector.select?.options[0]?.label).toBe("By days");
  form.change({ forecast: "hourly" });
  await settle();
  expect(outcome()).toBe("Not saved yet.");
  await click('[data-test="save"]');
  expect(sent).toMatchObject([{ type: "mira/display/configure", entry_id: "entry" }]);
  expect(Object.keys(sent[0]?.display ?? {})).toEqual(["pages"]);
  expect(sent[0]?.display.pages.home).toMatchObject({
    bottom_bar: [{ type: "hint" }, { type: "weather", forecast: "hourly" }],
  });
  expect(outcome()).toContain("Saved");
});

test("what shows windows is offered, and their risk named, where the mirror has some", async () => {
  const offered = () =>
    all('[data-test="region-middle"] option').map((option) => (option as HTMLOptionElement).value);
  const risks = () => (all("mira-people-settings")[0] as HTMLElement & { risks: string[] }).risks;
  expect(offered()).toContain("weather");
  expect([offered().includes("air"), risks().includes("window_in_rain")]).toEqual([false, false]);
  const windows = {
    windows: {},
    outside: { rain: false, storm: false, air: null },
    home: { away: null, armed: null, quiet: null },
  };
  house.showState({ parts: { windows } });
  await settle();
  expect([offered().includes("air"), risks().includes("window_in_rain")]).toEqual([true, true]);
});

test("widgets are moved and removed, and a page goes back to what it is by itself", async () => {
  await click('[data-test="region-top_left"] [data-test="down"]');
  expect(types("top_left")).toEqual(["calendar", "clock"]);
  await click('[data-test="region-top_left"] [data-test="remove"]');
  expect(types("top_left")).toEqual(["clock"]);
  await click('[data-test="to-default"]');
  expect(types("top_left")).toEqual(["clock", "calendar"]);
  await click('[data-test="save"]');
  expect(sent[0]?.display).toEqual({ pages: { home: null } });
});

test("each page has a layout of its own", async () => {
  await click('[data-test="page-clock"]');
  expect(types("middle")).toEqual(["clock"]);
  await add("bottom_left", "todos");
  await click('[data-test="page-home"]');
  expect(types("bottom_left")).toEqual(["todos"]);
  await click('[data-test="save"]');
  expect(Object.keys(sent[0]?.display.pages ?? {})).toEqual(["clock"]);
});

test("the size of the screen is one setting, and without it the default", async () => {
  const screen = all("ha-form").find((form) => (form as Form).schema[0]?.name === "diagonal") as Form;
  screen.change({ distance: 150 });
  await settle();
  await click('[data-test="save"]');
  screen.change({ diagonal: undefined, distance: undefined });
  await settle();
  await click('[data-test="save"]');
  expect(sent.map(({ display }) => display)).toEqual([
    { size: { diagonal: 24, distance: 1.5 } },
    { size: null },
  ]);
  screen.change({ orientation: "landscape" });
  await settle();
  await click('[data-test="save"]');
  expect(sent.at(-1)?.display).toEqual({ orientation: "landscape" });
});

test("what is refused is told, and kept to be mended or discarded", async () => {
  refuse = "The settings are refused, and nothing was changed.";
  await add("top_right", "entities");
  await click('[data-test="save"]');
  expect(outcome()).toBe(refuse);
  expect(types("top_right")).toContain("entities");
  await click('[data-test="discard"]');
  expect(types("top_right")).not.toContain("entities");
});

test("the link on a device's page opens the settings of its mirror, of several", async () => {
  page.remove();
  history.replaceState(null, "", "/mira/settings?mirror=entry-bath");
  page = document.createElement("mira-settings") as MiraSettings;
  page.shown = "entry";
  page.hass = house.hass(registries);
  document.body.append(page);
  await settle();
  await add("bottom_bar", "weather");
  await click('[data-test="save"]');
  expect(sent).toMatchObject([{ entry_id: "entry-bath" }]);
  history.replaceState(null, "", "/");
});

test("the PIN has its place on the page, and follows what the mirror says", async () => {
  const pin = () => all("mira-pin-settings")[0] as HTMLElement & { set: boolean; entryId: string };
  expect([pin().set, pin().entryId]).toEqual([false, "entry"]);
  house.showState({ access: { pin_set: true } });
  await settle();
  expect(pin().set).toBe(true);
});

test("the people have their place on the page, by what the mirror's state says of them", async () => {
  const people = () => all("mira-people-settings")[0] as HTMLElement & Record<string, unknown>;
  expect([people().known, people().connected, people().pin]).toEqual([undefined, true, false]);
  const persons = { p_1: {} };
  house.showState({ access: { pin_set: true }, parts: { people: { persons } } });
  await settle();
  expect([people().known, people().pin]).toEqual([persons, true]);
  house.show({ connected: false });
  await settle();
  expect(people().connected).toBe(false);
});

test("the simulator is a page of its own, which is loaded when it is opened; what was changed here stays", async () => {
  await add("bottom_bar", "weather");
  await click('[data-test="simulator"]');
  expect(location.pathname).toBe("/mira/settings/talk");
  page.path = "/settings/talk";
  await vi.waitFor(() => expect(all("mira-talk-simulator")).toHaveLength(1));
  expect(all("mira-layout-editor")).toEqual([]);
  page.path = "/settings";
  await settle();
  expect(all("mira-talk-simulator")).toEqual([]);
  expect(types("bottom_bar")).toEqual(["hint", "weather"]);
});
