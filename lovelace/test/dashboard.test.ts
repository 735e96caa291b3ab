import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { event, House, question, state, view } from "../dev/house.ts";
import { todos } from "../dev/today.ts";
import type { CardConfig, MiraCard } from "../src/cards/card.ts";
import type { HomeAssistant } from "../src/homeassistant.ts";
import "../src/dashboard.ts";
import { registries } from "./registries.ts";

vi.mock("../src/settings/preview.ts", () => ({})); // there are no frames here

type Shell = HTMLElement & {
  hass: HomeAssistant;
  setConfig(config: CardConfig): void;
  getGridOptions(): { columns: number };
};

interface ShellClass {
  getConfigForm(): Promise<{
    schema: { name: string }[];
    assertConfig(config: CardConfig): void;
    computeLabel(field: { name: string }): string;
    computeHelper(field: { name: string }): string | undefined;
  }>;
  getStubConfig(hass: HomeAssistant): Promise<Partial<CardConfig>>;
}

interface Pickable {
  type: string;
  name: string;
  description: string;
  getEntitySuggestion(hass: HomeAssistant, entity: string): { config: CardConfig } | null;
}

const { customCards, customStrategies } = window as unknown as {
  customCards: Pickable[];
  customStrategies: Pickable[];
};
const types = customCards.map(({ type }) => type);

let house: House;
let shells: Shell[] = [];

beforeAll(async () => {
  for (const type of types) await (customElements.get(type) as unknown as ShellClass).getConfigForm();
});

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-20T12:00:00.000Z") });
  house = new House({ ...view, state: { ...state, todos: todos.slice(0, 3) } });
});

afterEach(() => {
  for (const shell of shells) shell.remove();
  shells = [];
  vi.useRealTimers();
});

const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

async function open(
  type: string,
  config: object = {},
  hass: Partial<HomeAssistant> = registries,
): Promise<MiraCard> {
  const shell = document.createElement(`mira-${type}-card`) as Shell;
  shells.push(shell);
  shell.setConfig({ type: `custom:mira-${type}-card`, device_id: "hall", ...config });
  shell.hass = house.hass(hass);
  document.body.append(shell);
  await settle();
  return shell.firstElementChild as MiraCard;
}

function all(card: Element, hook: string): HTMLElement[] {
  const root = card.shadowRoot as ShadowRoot;
  const here = [...root.querySelectorAll<HTMLElement>(`[data-test="${hook}"]`)];
  return [
    ...here,
    ...[...root.querySelectorAll("*")].flatMap((inner) => (inner.shadowRoot ? all(inner, hook) : [])),
  ];
}

const one = (card: Element, hook: string): HTMLElement => {
  const [found] = all(card, hook);
  if (!found) throw new Error(`Nothing is ${hook}`);
  return found;
};
const words = (card: Element) => card.shadowRoot?.textContent?.replace(/\s+/g, " ") ?? "";

test("pickers know each card and the dashboard by a name and a sentence", () => {
  for (const { name, description } of [...customCards, ...customStrategies]) {
    expect(name).toMatch(/^Mira/);
    expect(description).toMatch(/\.$/);
  }
});

test("a card is suggested for the entities of a mirror, and for no others", () => {
  const suggested = (entity: string) =>
    customCards.flatMap((card) => card.getEntitySuggestion(house.hass(registries), entity)?.config ?? []);
  expect(suggested("todo.hall")).toEqual([{ type: "custom:mira-todo-card", device_id: "hall" }]);
  expect(suggested("switch.hall_camera").map(({ type }) => type)).toEqual([
    "custom:mira-mirror-card",
    "custom:mira-privacy-card",
  ]);
  expect(suggested("light.lamp")).toEqual([]);
});

test.each(types)("each option of %s has a label, and the card begins with a mirror", async (type) => {
  const card = customElements.get(type) as unknown as ShellClass;
  const form = await card.getConfigForm();
  for (const field of form.schema) expect(form.computeLabel(field)).not.toBe(field.name);
  expect(await card.getStubConfig(house.hass(registries))).toEqual({ device_id: "bath" });
  expect(await card.getStubConfig(house.hass())).toEqual({});
});

test.each([
  ["todo", { count: 0 }, "The option count has to be a number from 1 to 100."],
  ["todo", { add: "yes" }, "The option add has to be true or false."],
  ["privacy", { device_id: 7 }, "The option device_id has to be a text."],
])("a wrong option of %s is refused in a sentence", (type, config, sentence) => {
  const shell = document.createElement(`mira-${type}-card`) as Shell;
  expect(() => shell.setConfig({ type, ...config } as CardConfig)).toThrow(sentence);
});

test("cards of one mirror share one subscription, and end it with the last of them", async () => {
  await open("todo");
  await open("mirror");
  expect(house.subscriptions).toBe(1);
  for (const shell of shells) shell.remove();
  await open("privacy");
  expect(house.subscriptions).toBe(2);
});

test("a card whose mirror is gone, and one where there is none, say so", async () => {
  expect(words(await open("todo", { device_id: "gone" }))).toContain("not there any more");
  expect(words(await open("todo", { device_id: undefined }, {}))).toContain("There is no mirror yet");
  expect(words(await open("todo", { device_id: undefined }))).toContain(
    "There are several mirrors. Choose one",
  );
});

test("while the mirror is away, its last state is shown as such", async () => {
  const card = await open("todo");
  house.show({ connected: false });
  await settle();
  expect(one(card, "away").textContent).toContain("not reachable");
  expect(all(card, "todo")).toHaveLength(3);
});

test("a todo is ticked off when the mirror has decided, and not before", async () => {
  const card = await open("todo");
  let decide = () => {};
  const accept = house.decide;
  house.decide = (request) => new Promise((done) => (decide = () => done(accept(request))));
  one(card, "todo").querySelector<HTMLElement>("button")?.click();
  await settle();
  expect(one(card, "todo").getAttribute("aria-busy")).toBe("true");
  decide();
  await settle();
  expect(all(card, "todo").map((todo) => todo.classList.contains("completed"))).toEqual([false, false, true]);
});

test("a todo is added, and its words are text", async () => {
  const card = await open("todo", { completed: false, count: 2 });
  const form = card.shadowRoot?.querySelector("form") as HTMLFormElement;
  (form.querySelector("input") as HTMLInputElement).value = " <img src=x> ";
  form.dispatchEvent(new Event("submit", { cancelable: true }));
  await settle();
  expect(house.calls.at(-1)).toMatchObject({ action: "add_todo", payload: { summary: "<img src=x>" } });
  house.showState({ todos: [{ uid: "x", summary: "<img src=x>" }, ...todos.slice(0, 3)] });
  await settle();
  expect(card.shadowRoot?.querySelector("img")).toBeNull();
  expect(words(card)).toContain("+ 2 more");
});

test("the mirror card shows the display as it hangs and lit, names its page, and turns pages", async () => {
  const display = { orientation: "landscape", comfort: { blank_after: 1 } } as const;
  house.show({ display });
  const card = await open("mirror");
  const glass = one(card, "glass") as HTMLElement & {
    settings: object;
    entryId: string;
    hass: HomeAssistant;
  };
  expect(glass.getAttribute("aria-label")).toBe("On the glass: Home");
  expect([glass.entryId, glass.hasAttribute("across")]).toEqual(["entry", true]);
  expect(glass.settings).toEqual({ orientation: "landscape", comfort: { pixel_shift: false } });
  one(card, "show-clock").click();
  await settle();
  expect(house.calls.at(-1)).toMatchObject({ action: "show_page", payload: { page: "clock" } });
  house.showState({ page: "clock" });
  await settle();
  expect(glass.getAttribute("aria-label")).toBe("On the glass: Clock");
  house.show({ display: {} });
  await settle();
  expect(glass.hasAttribute("across")).toBe(false);
});

test("what is on the mirror's card follows each state of the household", async () => {
  const card = await open("mirror");
  const states = { "weather.home": { entity_id: "weather.home", state: "sunny", attributes: {} } };
  const { hass } = card as MiraCard;
  (card as MiraCard).hass = { ...(hass as HomeAssistant), states }; // everything else is the same object
  await settle();
  expect((one(card, "glass") as HTMLElement & { hass: HomeAssistant }).hass.states).toEqual(states);
});

test("what the mirror asks back is asked on the card that led to it, and on the mirror's", async () => {
  const [mirror, privacy, other] = [await open("mirror"), await open("privacy"), await open("todo")];
  house.decide = async () => {
    house.showState({ camera: { on: false }, pending: question({ source: "automation" }) });
    return { command_id: "command-asked", outcome: "accepted" };
  };
  one(privacy, "camera").click();
  await settle();
  expect([mirror, privacy, other].map((card) => all(card, "question").length)).toEqual([1, 1, 0]);
  one(privacy, "confirm").click();
  await settle();
  expect(house.calls.at(-1)).toMatchObject({ action: "confirm", payload: { command_id: "command-asked" } });
});

test("what was asked for on a card can be taken back there for a while, and on no other", async () => {
  const [mirror, privacy, other] = [await open("mirror"), await open("privacy"), await open("todo")];
  const change = { source: "automation", action: "set_camera", payload: {} } as const;
  house.decide = async () => {
    house.showState({ undoable: [{ ...change, command_id: "c", touches: ["camera"] }] });
    return { command_id: "c", outcome: "accepted" };
  };
  one(privacy, "camera").click();
  await settle();
  expect([mirror, privacy, other].map((card) => all(card, "undo").length)).toEqual([0, 1, 0]);
  await settle(5_000);
  expect(all(privacy, "undo")).toEqual([]);
  one(privacy, "camera").click();
  await settle();
  one(privacy, "undo").click();
  expect(house.calls.at(-1)).toMatchObject({ action: "undo", payload: { command_id: "c" } });
});

test("what needs the PIN opens the pad on that card alone", async () => {
  const [mirror, privacy] = [await open("mirror"), await open("privacy")];
  house.decide = async () => ({ command_id: "c", outcome: "rejected", reason: "pin_required" });
  one(privacy, "camera").click();
  await settle();
  expect([mirror, privacy].map((card) => all(card, "pin-pad").length)).toEqual([0, 1]);
});

test("the privacy card tells what was asked for from what is open", async () => {
  const card = await open("privacy", { microphone: false });
  expect(all(card, "microphone")).toEqual([]);
  house.showState({
    camera: { on: false },
    access: { pin_set: true, unlocked_until: "2026-11-20T12:01:00.000Z" },
  });
  await settle();
  expect(one(card, "camera").dataset.sign).toBe("still_open");
  expect(one(card, "truth").textContent).toBe("Off (camera open)");
  one(card, "lock").click();
  await settle();
  expect(house.calls.at(-1)).toMatchObject({ action: "lock" });
  house.show({ connected: false });
  await settle();
  expect(one(card, "truth").textContent).toBe("Off (camera not observed)");
});

test("the gesture card reads the last gestures, anew with each, and shows a hand that holds", async () => {
  const gesture = event({
    type: "rejected",
    action: "gesture",
    payload: { name: "palm" },
    reason: "cooldown",
    confidence: 0.8,
  });
  const read = vi
    .spyOn(house.connection, "sendMessagePromise")
    .mockResolvedValue({ events: [gesture] } as never);
  const card = await open("gesture", { count: 3 });
  expect(read).toHaveBeenCalledWith(
    expect.objectContaining({ type: "mira/events", entry_id: "entry", action: "gesture", limit: 3 }),
  );
  expect(one(card, "gesture").textContent).toMatch(/Palm[\s\S]*Too soon[\s\S]*80%/);
  house.tell(event({ type: "accepted", action: "gesture", payload: { name: "fist" } }));
  await settle();
  expect(read).toHaveBeenCalledTimes(2);
  house.tell(event({ type: "accepted", action: "show_page", source: "touch" }));
  await settle();
  expect(read).toHaveBeenCalledTimes(2);
});

test("the log card has the log of its mirror, and its options", async () => {
  const card = await open("log", { only_refused: true, count: 3 });
  const log = card.shadowRoot?.querySelector("mira-log") as HTMLElement & { options: object };
  expect(log.options).toEqual({ refused: true });
  expect(log.hidden).toBe(false);
});
