import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { event, House, state, view } from "../dev/house.ts";
import { household } from "../dev/household.ts";
import { todos } from "../dev/today.ts";
import { Glass, loaded, settle } from "./glass.ts";

const PRIVATE = ["Water the plants", "Anna", "Gymnopédie", "Dentist", "Laundry", "Surprise"];

let house: House;
let glass: Glass;

beforeAll(loaded);

beforeEach(() => {
  vi.spyOn(window, "matchMedia").mockReturnValue({ matches: true } as MediaQueryList);
  vi.useFakeTimers({ now: Date.parse("2026-11-20T12:00:00.000Z") });
  const message = {
    title: "Laundry",
    text: "Done",
    at: "2026-11-20T12:00:00.000Z",
    until: "2026-11-20T12:30:00.000Z",
  };
  house = new House({
    ...view,
    display: { guest: true },
    state: { ...state, todos, message, access: { pin_set: true, unlocked_until: null } },
  });
  house.states = Object.fromEntries(household.map((entity) => [entity.entity_id, entity]));
  glass = new Glass(house);
});

afterEach(() => {
  glass.panel.remove();
  vi.useRealTimers();
});

const known = () => PRIVATE.filter((words) => glass.text().includes(words));

test("while the PIN guards it, nothing about the household is in the page", async () => {
  await glass.hang();
  house.tell(
    event({ type: "rejected", action: "add_todo", reason: "new", payload: { summary: "Surprise for Anna" } }),
  );
  await settle();
  expect(known()).toEqual([]);
  expect(glass.words("time")).toBe("13:00");
  expect(glass.all("weather")).toHaveLength(1);
  expect(glass.one("refusal").dataset.reason).toBe("new");
});

test.each(["todos", "calendar", "people", "media", "log"])("nor on the page of %s", async (page) => {
  house.showState({ page, pages: ["home", page] });
  house.log = [event({ type: "accepted", action: "add_todo", payload: { summary: "Surprise" } })];
  await glass.hang();
  expect(known()).toEqual([]);
  expect(glass.all("log-entry")).toEqual([]);
});

test("a guest asks no why", async () => {
  await glass.hang();
  house.tell(event({ type: "rejected", action: "add_todo", reason: "todo_exists" }));
  await settle();
  await glass.tap("refusal");
  expect(glass.all("log")).toEqual([]);
});

test("the PIN shows all of it, for as long as it counts", async () => {
  await glass.hang();
  await glass.tap("guest");
  for (const digit of "2468") await glass.tap(`pin-${digit}`);
  const given: string[] = [];
  house.unlock = (pin) => {
    given.push(pin);
    return { command_id: "p", outcome: "accepted" };
  };
  await glass.tap("pin-ok");
  expect([given, glass.all("pin-pad")]).toEqual([["2468"], []]);
  expect(house.calls).toMatchObject([{ type: "mira/unlock" }]);
  const unlocked_until = new Date(Date.now() + 60_000).toISOString();
  house.showState({ access: { pin_set: true, unlocked_until } });
  await settle();
  expect(known()).toContain("Water the plants");
  expect(glass.all("guest")).toEqual([]);
  await settle(61_000);
  expect(known()).toEqual([]);
});

test("a mirror that is away is kept from guests as it was", async () => {
  await glass.hang();
  house.show({ connected: false });
  house.disconnect();
  await settle();
  expect(known()).toEqual([]);
});
