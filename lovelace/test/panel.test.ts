import type { LitElement } from "lit";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { event, House, question, state, view } from "../dev/house.ts";
import { todos } from "../dev/today.ts";
import "../src/index.ts";
import type { EntityState, HomeAssistant } from "../src/homeassistant.ts";
import type { MiraPanel } from "../src/panel.ts";
import type { Message } from "../src/protocol.ts";
import { textsOf } from "../src/texts.ts";
import { WIDGET_TYPES, widgetElement } from "../src/widgets/index.ts";
import { registries } from "./registries.ts";

let house: House;
let panel: MiraPanel;

// What is loaded when needed is there at once in the tests, but where loading is what they are about.
beforeAll(async () => {
  await Promise.all([
    import("../src/components/message-more.ts"),
    import("../src/components/notices.ts"),
    import("../src/components/pin-pad.ts"),
    import("../src/components/question.ts"),
    import("../src/components/admin-buttons.ts"),
    textsOf("en"),
    textsOf("de"),
    ...WIDGET_TYPES.map(widgetElement),
  ]);
});

beforeEach(() => {
  vi.spyOn(window, "matchMedia").mockReturnValue({ matches: true } as MediaQueryList); // motion is reduced
  vi.useFakeTimers({ now: Date.parse("2026-11-20T12:00:00.000Z") });
  house = new House({ ...view, state: { ...state, todos: todos.slice(0, 3) } });
});

afterEach(() => {
  panel.remove();
  vi.useRealTimers();
});

async function open(hass: Partial<HomeAssistant> = {}): Promise<void> {
  panel = document.createElement("mira-panel") as MiraPanel;
  panel.hass = house.hass(hass);
  document.body.append(panel);
  await settle();
}

const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

/** All elements with a test hook, through every shadow root. */
function all(hook: string, root: ParentNode = panel.renderRoot as ShadowRoot): HTMLElement[] {
  const here = [...root.querySelectorAll<HTMLElement>(`[data-test="${hook}"]`)];
  const inside = [...root.querySelectorAll("*")].flatMap((element) =>
    element.shadowRoot ? all(hook, element.shadowRoot) : [],
  );
  return [...here, ...inside];
}

function one(hook: string): HTMLElement {
  const [found, ...more] = all(hook);
  if (!found || more.length > 0) throw new Error(`${more.length + (found ? 1 : 0)} elements are ${hook}`);
  return found;
}

/** An entity that has a picture, with its id before it. */
function picture(entity_id: string, entity_picture: string): [string, EntityState] {
  return [entity_id, { entity_id, state: "idle", attributes: { entity_picture } }];
}

const words = (hook: string) => one(hook).textContent?.replace(/\s+/g, " ").trim();
/** What a sign stands for: while all is well it has no words. */
const sign = (hook: string) => one(hook).getAttribute("aria-label")?.split(". ")[0];
const summaries = () => all("todo").map((todo) => todo.querySelector(".summary")?.textContent);

test("it shows the time, the page and the open todos", async () => {
  await open();
  expect(words("time")).toBe("13:00");
  expect(words("page")).toBe("Home");
  expect(summaries()).toEqual(["Water the plants", "Buy milk", "Call the dentist"]);
  expect(panel.dataset).toMatchObject({ page: "home", rev: "1" });
});

test("a tap completes a todo when the mirror has decided, not before", async () => {
  await open();
  const accepted = house.decide;
  let decide = (): void => undefined;
  const wait = new Promise<void>((resolve) => {
    decide = resolve;
  });
  house.decide = async (request) => {
    await wait;
    return accepted(request);
  };
  all("todo")[1]?.click();
  await settle();
  expect(house.calls).toEqual([
    {
      type: "mira/command",
      entry_id: "entry",
      action: "update_todo",
      payload: { uid: "2", status: "completed" },
    },
  ]);
  expect(all("todo")[1]?.getAttribute("aria-busy")).toBe("true");
  expect(summaries()).toContain("Buy milk");
  decide();
  await settle();
  expect(summaries()).toEqual(["Water the plants", "Call the dentist"]);
});

test("a second tap while the first waits asks for nothing", async () => {
  await open();
  house.decide = () => new Promise(() => undefined);
  const twice = [one("camera"), one("camera"), all("todo")[0], all("todo")[0]];
  for (const touched of twice) {
    touched?.click();
    await settle();
  }
  expect(house.calls).toHaveLength(2);
});

test("the page of todos shows completed ones, and a tap takes that back", async () => {
  house.view = { ...house.view, state: { ...state, page: "todos", todos: todos.slice(6, 8) } };
  await open();
  const completed = all("todo")[1];
  expect(completed?.dataset).toMatchObject({ uid: "8", status: "completed" });
  completed?.click();
  await settle();
  expect(house.calls[0]).toMatchObject({ payload: { uid: "8", status: "needs_action" } });
});

test("the clock page shows the clock alone", async () => {
  house.view = { ...house.view, state: { ...state, page: "clock" } };
  await open();
  expect(all("todos")).toEqual([]);
  expect(one("clock")).toBeTruthy();
});

test("pages change with the mirror", async () => {
  await open();
  house.showState({ page: "todos" });
  await settle(1_000);
  expect(panel.dataset.page).toBe("todos");
  expect(words("page")).toBe("Todos");
});

test("the camera is shown as observed, and a tap switches it", async () => {
  await open();
  expect([sign("camera"), words("camera")]).toEqual(["Camera on", ""]);
  one("camera").click();
  await settle();
  expect(house.calls[0]).toMatchObject({ action: "set_camera", payload: { on: false } });
  expect(sign("camera")).toBe("Camera off");
  house.show({ devices: { camera: { kind: "camera", capture: "open" } } });
  await settle();
  expect(words("camera")).toBe("Camera still open");
  one("camera").click(); // what is seen to be open is never opened
  await settle();
  expect(house.calls[1]).toMatchObject({ action: "set_camera", payload: { on: false } });
});

test("a further camera that is still open shows at the glass, and a tap turns all of them off", async () => {
  await open();
  const closed = { kind: "camera", capture: "closed" } as const;
  house.showState({ camera: { on: false } });
  house.show({ devices: { camera: closed, door: closed } });
  await settle();
  expect(sign("camera")).toBe("Camera off");
  house.show({ devices: { camera: closed, door: { kind: "camera", capture: "open" } } });
  await settle();
  expect(words("camera")).toBe("Camera still open");
  one("camera").click();
  await settle();
  expect(house.calls[0]).toMatchObject({ action: "set_camera", payload: { on: false } });
});

test("there is no sign for a camera or a microphone that the mirror does not have", async () => {
  await open();
  house.show({ devices: { camera: { kind: "camera", capture: "open" } } });
  await settle();
  expect(sign("camera")).toBe("Camera on");
  expect(all("microphone")).toEqual([]);
  house.show({ devices: { microphone: { kind: "microphone", capture: "unknown" } } });
  await settle();
  expect(all("camera")).toEqual([]);
  expect(words("microphone")).toBe("Microphone unknown");
});

test("a pose that is held fills its ring, and the mirror's yes is marked on it", async () => {
  await open();
  await settle(1_000); // what is loaded after the first view
  house.wave({ held_ms: 150 });
  await settle();
  expect(one("hold").dataset).toMatchObject({ gesture: "palm", share: "0.25" });
  expect(words("hold")).toBe("Palm 93%");
  house.wave({ held_ms: 600 });
  await settle();
  expect(one("hold").dataset.share).toBe("1.00");
  expect(all("hold-done")).toEqual([]);
  house.tell(event({ type: "accepted", action: "gesture", payload: { name: "palm" }, confidence: 0.93 }));
  await settle();
  expect(all("hold-done")).toHaveLength(1);
});

test("each hand has its ring, and none when the hand is gone or nothing is heard of it", async () => {
  await open();
  await settle(1_000);
  house.wave({ x: 0.7 }, { pose: "fist", x: 0.3 });
  await settle();
  expect(all("hold").map((hold) => hold.dataset.gesture)).toEqual(["fist", "palm"]);
  house.wave();
  await settle();
  expect(all("hold")).toEqual([]);
  house.wave({});
  await settle(999);
  expect(all("hold")).toHaveLength(1);
  await settle(1);
  expect(all("hold")).toEqual([]);
});

/** The todos that a finger points at. */
const pointedAt = () => all("todo").flatMap((todo) => ("pointed" in todo.dataset ? todo.dataset.uid : []));

test("a finger that is held points at a todo, which is completed when the mirror has accepted the gesture", async () => {
  await open();
  await settle(1_000);
  const first = house.view.state?.todos[0]?.uid;
  house.wave({ pose: "pointing_up", y: 0.1, held_ms: 0 });
  expect(pointedAt()).toEqual([first]);
  house.wave({ pose: "pointing_up", y: 0.9, held_ms: 400 }); // what it is held at was chosen before
  expect(pointedAt()).toEqual([first]);
  expect(house.calls).toEqual([]);
  const accepted = { type: "accepted", action: "gesture", confidence: 0.9 } as const;
  house.tell(event({ ...accepted, payload: { name: "palm" }, command_id: "palm" }));
  await settle();
  expect(house.calls).toEqual([]);
  house.tell(event({ ...accepted, payload: { name: "pointing_up" }, command_id: "finger" }));
  await settle();
  const payload = { uid: first, status: "completed" };
  expect(house.calls).toMatchObject([{ action: "update_todo", payload, type: "mira/command" }]);
});

test("a finger points at nothing when it is gone, and at nothing while no todo is open", async () => {
  await open();
  await settle(1_000);
  house.wave({ pose: "pointing_up", held_ms: 0 });
  expect(pointedAt()).toHaveLength(1);
  house.wave();
  expect(pointedAt()).toEqual([]);
  house.showState({ todos: todos.slice(0, 3).map((todo) => ({ ...todo, status: "completed" })) });
  await settle();
  house.wave({ pose: "pointing_up", held_ms: 0 });
  house.tell(
    event({ type: "accepted", action: "gesture", payload: { name: "pointing_up" }, confidence: 0.9 }),
  );
  await settle();
  expect(house.calls).toEqual([]);
});

test("a hand that swipes takes the page along, and the page that comes is in its place", async () => {
  vi.spyOn(window, "matchMedia").mockReturnValue({ matches: false } as MediaQueryList);
  await open();
  await settle(1_000);
  const moved = () => panel.renderRoot.querySelector<HTMLElement>(".page > *")?.style.translate;
  house.wave({ travel_x: -1.4, pose: null, hold_ms: 0 });
  expect(moved()).toBe("-4.00cqi");
  vi.spyOn(window, "matchMedia").mockReturnValue({ matches: true } as MediaQueryList);
  house.showState({ page: "todos" });
  await settle(500);
  expect(moved()).toBe("");
});

test("hands that move draw nothing anew but their rings", async () => {
  await open();
  house.wave({});
  expect(panel.isUpdatePending).toBe(false);
});

test("the todos are drawn anew when they have changed, and not with everything that happens", async () => {
  await open();
  const list = panel.renderRoot.querySelector("mira-todos") as LitElement & { render(): unknown };
  const render = vi.spyOn(list, "render");
  house.showState({ microphone: { on: false } });
  await settle();
  expect(render).not.toHaveBeenCalled();
  house.showState({ todos: todos.slice(0, 2) });
  await settle();
  expect(render).toHaveBeenCalled();
});

test("a failed camera says why", async () => {
  await open();
  house.show({ devices: { camera: { kind: "camera", capture: "failed", error: "No picture for 10 s." } } });
  await settle();
  expect(words("camera")).toBe("Camera failed No picture for 10 s.");
  house.show({ devices: { camera: { kind: "camera", capture: "no_signal", error: "Is it on?" } } });
  await settle();
  expect(words("camera")).toBe("No picture Is it on?");
});

test("a rejected touch shows its reason for some seconds", async () => {
  await open();
  house.decide = async () => ({ command_id: "c", outcome: "rejected", reason: "unknown_todo", message: "…" });
  all("todo")[0]?.click();
  await settle();
  expect(words("refusal")).toBe("That todo is gone Touch");
  await settle(7_000);
  expect(all("refusal")).toEqual([]);
});

test("an error of Home Assistant is shown in its own words", async () => {
  await open();
  house.decide = async () => {
    throw new Error("The mirror did not answer in time");
  };
  one("microphone").click();
  await settle();
  expect(words("refusal")).toBe("That did not work The mirror did not answer in time");
  expect(one("microphone").getAttribute("aria-busy")).toBe("false");
});

test("a gesture is shown with its confidence, and a refused one with its reason beside it", async () => {
  await open();
  house.tell(event({ type: "accepted", action: "gesture", payload: { name: "palm" }, confidence: 0.93 }));
  await settle();
  expect(words("gesture")).toBe("Palm 93%");
  house.tell(event({ type: "rejected", action: "gesture", payload: { name: "fist" }, reason: "camera_off" }));
  await settle();
  expect(words("gesture")).toBe("Palm 93%");
  expect(words("refusal")).toBe("Camera is off Gesture: Fist");
});

test("text is text, never a part of the page", async () => {
  const evil = '<img src=x onerror="alert(1)">';
  const until = "2026-11-20T12:00:10.000Z";
  await open();
  house.showState({
    todos: [{ uid: "1", summary: evil }],
    message: { title: evil, text: evil, at: "2026-11-20T12:00:00.000Z", until },
    pages: [evil],
    page: evil,
  });
  house.tell(event({ type: "rejected", action: "x", reason: evil }));
  house.tell(event({ type: "accepted", action: "gesture", payload: { name: evil }, confidence: 1 }));
  house.show({
    problem: { code: "x", message: evil },
    devices: { camera: { kind: "camera", capture: "failed", error: evil } },
  });
  await settle(1_000);
  for (const hook of ["todo", "message", "page", "refusal", "gesture", "problem", "camera"]) {
    expect(words(hook), hook).toContain("<img");
    expect(one(hook).querySelector("img"), hook).toBeNull();
  }
});

/** A message of now with a picture or buttons. */
const rich = (more: Partial<Message>): Message => ({
  title: null,
  text: "Door",
  at: "2026-11-20T12:00:00.000Z",
  until: "2026-11-20T12:01:00.000Z",
  ...more,
});
const buttons = [
  { id: "open", label: "Open" },
  { id: "wait", label: "Wait" },
];

test("a message's button asks once for what it stands for, in the place of the todos", async () => {
  await open();
  house.decide = () => new Promise(() => undefined);
  house.showState({ message: rich({ id: "command-door", buttons }) });
  await settle();
  const [first, second] = all("message-button");
  expect([first?.textContent?.trim(), second?.textContent?.trim()]).toEqual(["Open", "Wait"]);
  first?.click();
  await settle();
  expect(first?.getAttribute("aria-busy")).toBe("true");
  second?.click();
  const payload = { message_id: "command-door", button: "open" };
  expect(house.calls).toMatchObject([{ action: "press_button", payload, type: "mira/command" }]);
  house.showState({ message: null });
  await settle();
  expect(all("message-button")).toEqual([]);
});

test.each([
  ["camera.door", "/door.svg?token=1&at=1795176000000"],
  ["image.door", "/image.jpg?at=1795176000000"],
  ["/local/door.jpg", "/local/door.jpg"],
  ["/api/image_proxy/image.door", "/signed/api/image_proxy/image.door"],
  ["media-source://media_source/local/door.jpg", "/resolved"],
])("the picture %s is loaded from Home Assistant, as it says where", async (named, src) => {
  const { connection } = house;
  Object.assign(connection, {
    sendMessagePromise: async ({ type, path }: { type: string; path?: string }) =>
      type === "auth/sign_path" ? { path: `/signed${path}` } : { url: "/resolved" },
  });
  await open({
    states: Object.fromEntries([
      picture("camera.door", "/door.svg?token=1"),
      picture("image.door", "/image.jpg"),
    ]),
  });
  house.showState({ message: rich({ picture: named }) });
  await settle();
  expect(one("message-picture").getAttribute("src")).toBe(src);
  house.showState({ todos: [] });
  await settle();
  expect(one("message-picture").getAttribute("src")).toBe(src);
});

test.each(["camera.none", "person.elsewhere", "media-source://radio/1", "/media/refused.jpg"])(
  "where there is no picture %s here, a message is shown without it",
  async (named) => {
    Object.assign(house.connection, {
      sendMessagePromise: async ({ type }: { type: string }) => {
        if (type === "auth/sign_path") throw { code: "unknown" };
        return { url: "https://radio.example/1.png" };
      },
    });
    await open({ states: Object.fromEntries([picture("person.elsewhere", "//x.example/1.png")]) });
    house.showState({ message: rich({ picture: named }) });
    await settle();
    expect(all("message-picture")).toEqual([]);
    expect(words("message")).toBe("Door");
    expect(panel.renderRoot.querySelector("mira-message-more")?.hasAttribute("empty")).toBe(true);
  },
);

test("a picture that cannot be loaded leaves its message, and makes room for the todos", async () => {
  await open({ states: Object.fromEntries([picture("camera.door", "/door.svg?token=1")]) });
  house.showState({ message: rich({ picture: "camera.door" }) });
  await settle();
  one("message-picture").dispatchEvent(new Event("error"));
  await settle();
  expect(all("message-picture")).toEqual([]);
  expect(words("message")).toBe("Door");
  expect(panel.renderRoot.querySelector("mira-message-more")?.hasAttribute("empty")).toBe(true);
});

test("a message is shown until its time is over", async () => {
  await open();
  const at = "2026-11-20T12:00:00.000Z";
  house.showState({ message: { title: "Laundry", text: "Done", at, until: "2026-11-20T12:00:05.000Z" } });
  await settle();
  expect(words("message")).toBe("Laundry Done");
  await settle(6_000);
  expect(all("message")).toEqual([]);
});

test("Home Assistant that is away has a sign, what is shown stays and has its time", async () => {
  await open();
  house.disconnect();
  await settle(60_000);
  expect(words("sign-home-assistant")).toBe("Home Assistant: reconnecting as of 13:00");
  expect(one("sign-mirror").dataset.state).toBe("unknown");
  expect(words("camera")).toBe("Camera unknown");
  expect(summaries()).toHaveLength(3);
  house.reconnect();
  await settle();
  expect(one("sign-home-assistant").dataset.state).toBe("connected");
  expect(one("sign-mirror").dataset.state).toBe("connected");
  expect(all("age")).toEqual([]);
});

test("a touch while Home Assistant is away says so", async () => {
  await open();
  house.disconnect();
  one("camera").click();
  await settle();
  expect(words("refusal")).toContain("Home Assistant is not connected");
  expect(house.calls).toEqual([]);
});

test("the mirror service that is away has its own sign", async () => {
  await open();
  house.show({ connected: false });
  await settle();
  expect(words("sign-mirror")).toBe("Mirror service: reconnecting as of 13:00");
  expect(one("sign-home-assistant").dataset.state).toBe("connected");
});

test("what keeps the mirror from deciding is told", async () => {
  await open();
  house.show({ problem: { code: "disk_full", message: "The disk is full." } });
  await settle();
  expect(words("problem")).toBe(
    "The mirror needs help The disk of the mirror's log is full. Make room on it.",
  );
});

test("a Redis that accepts nothing is named, in the reader's language, and not as a mirror that is away", async () => {
  await open({ language: "de", locale: { language: "de" } });
  const problem = { code: "redis_out_of_memory", message: "Redis is out of memory." };
  house.show({ connected: false, problem });
  await settle();
  expect(words("problem")).toMatch(/Redis hat keinen Speicher mehr frei und nimmt keine Befehle an/);
  for (const [code, named] of [
    ["redis_disk_fails", "nicht auf seinen Datenträger sichern"],
    ["redis_no_replicas", "zu wenige Replikate"],
    ["redis_read_only", "schreibgeschütztes Replikat"],
  ] as const) {
    house.show({ problem: { ...problem, code } });
    await settle();
    expect(words("problem")).toContain(named);
  }
  house.show({ problem: { code: "no_mirror", message: "No sidecar" } });
  await settle();
  expect(words("problem")).toContain("Der Sidecar des Spiegels läuft nicht");
});

test("before Mira is set up it says so, and goes on by itself", async () => {
  house.refuse = { code: "not_found", message: "No mirror" };
  await open();
  expect(words("waiting")).toBe("Waiting for Mira to be set up…");
  house.refuse = null;
  await settle(2_000);
  expect(all("waiting")).toEqual([]);
  expect(summaries()).toHaveLength(3);
});

test("an empty list says something pleasant", async () => {
  house.view = { ...house.view, state };
  await open();
  expect(words("no-todos")).toBe("Nothing to do. Enjoy the day.");
});

test("it speaks German where the person does", async () => {
  await open({ language: "de", locale: { language: "de", time_format: "24", time_zone: "server" } });
  house.show({
    devices: {
      camera: { kind: "camera", capture: "opening" },
      microphone: { kind: "microphone", capture: "open" },
    },
  });
  await settle();
  expect(words("camera")).toBe("Kamera startet");
  expect(words("date")).toBe("Freitag, 20. November");
});

test("only administrators find a way out, and only after a movement", async () => {
  await open({ user: { is_admin: true } });
  expect(all("close")).toEqual([]);
  window.dispatchEvent(new Event("pointermove"));
  await settle();
  const left = vi.fn();
  window.addEventListener("location-changed", left, { once: true });
  one("close").click();
  expect(left).toHaveBeenCalledOnce();
  await settle(6_000);
  expect(all("close")).toEqual([]);
});

test("people at the kiosk find none by moving, and the cursor goes away", async () => {
  await open();
  window.dispatchEvent(new Event("pointermove"));
  await settle();
  expect(all("close")).toEqual([]);
  expect(panel.hasAttribute("still")).toBe(false);
  await settle(3_000);
  expect(panel.hasAttribute("still")).toBe(true);
});

/** A finger at this place. */
const finger = (type: string, clientX = 100) =>
  window.dispatchEvent(Object.assign(new Event(type), { clientX, clientY: 100 }));

test("everybody finds the way out by holding a finger in one place, and nobody by a tap or a swipe", async () => {
  await open();
  await settle(1_000);
  finger("pointerdown");
  await settle(1_000);
  finger("pointerup");
  await settle(2_000);
  finger("pointerdown");
  finger("pointermove", 200);
  await settle(2_000);
  expect(all("close")).toEqual([]);
  finger("pointerdown");
  finger("pointermove", 110); // no finger is quite still
  await settle(1_500);
  finger("pointerup");
  const left = vi.fn();
  window.addEventListener("location-changed", left, { once: true });
  one("close").click();
  expect(left).toHaveBeenCalledOnce();
  expect(all("settings")).toEqual([]);
  await settle(6_000);
  expect(all("close")).toEqual([]);
});

test("a tap while the way out is shown neither keeps it longer nor brings it back", async () => {
  await open();
  await settle(1_000);
  finger("pointerdown");
  await settle(1_500);
  finger("pointerup");
  await settle(5_000);
  finger("pointerdown");
  finger("pointerup");
  expect(all("close")).toHaveLength(1);
  await settle(1_000);
  expect(all("close")).toEqual([]);
  await settle(1_500); // for so long a finger would have to be held
  expect(all("close")).toEqual([]);
});

test("where there are several mirrors, the way to the others is beside the way out", async () => {
  await open({ ...registries, user: { is_admin: true } });
  window.dispatchEvent(new Event("pointermove"));
  await settle(1_000);
  one("mirrors").click();
  expect(location.pathname).toBe("/mira/mirrors");
});

test("it asks Home Assistant to leave it in place while the screen sleeps", async () => {
  const told = vi.fn();
  document.addEventListener("hass-suspend-when-hidden", (event) => told((event as CustomEvent).detail), {
    once: true,
  });
  await open();
  expect(told).toHaveBeenCalledWith({ suspend: false });
});

test("another language is spoken at once, over the same subscription", async () => {
  await open();
  panel.hass = { ...(panel.hass as HomeAssistant), language: "de", locale: { language: "de" } };
  await settle();
  expect(words("page")).toBe("Start");
  expect(house.subscriptions).toBe(1);
});

test("changes elsewhere in the house draw nothing anew", async () => {
  await open();
  panel.hass = { ...(panel.hass as HomeAssistant) };
  expect(panel.isUpdatePending).toBe(false);
});

test("a display that comes back after it was taken away goes on", async () => {
  await open();
  panel.remove();
  document.body.append(panel);
  await settle();
  house.showState({ todos: [] });
  await settle();
  expect(words("no-todos")).toBeTruthy();
});

test("a question is asked with two answers, counts down and goes when the mirror has its answer", async () => {
  await open();
  house.showState({ pending: question() });
  await settle();
  expect(words("question-words")).toBe("Turn the camera on?");
  expect(words("question-time")).toBe("15 s");
  await settle(5_000);
  expect(words("question-time")).toBe("10 s");
  house.decide = () => new Promise(() => undefined);
  for (const answer of ["confirm", "cancel", "confirm"]) {
    one(answer).click();
    await settle();
  }
  expect(house.calls).toHaveLength(1);
  expect(house.calls[0]).toMatchObject({ action: "confirm", payload: { command_id: "command-asked" } });
  house.showState({ pending: null });
  await settle();
  expect(all("question")).toEqual([]);
});

test("a no cancels the question", async () => {
  await open();
  house.showState({ pending: question() });
  await settle();
  one("cancel").click();
  await settle();
  expect(house.calls).toMatchObject([
    { action: "cancel", payload: { command_id: "command-asked" }, type: "mira/command" },
  ]);
});

test("what is being taught is told with how often it was shown", async () => {
  await open();
  house.showState({ teaching: { name: "greeting", samples: 10, taken: 3 } });
  await settle();
  expect(words("waiting")).toBe("Show “greeting”: 3 of 10");
  house.show({ connected: false });
  await settle();
  expect(all("waiting")).toEqual([]);
});

test("a question that nobody answers goes", async () => {
  await open();
  house.showState({ pending: question() });
  await settle(16_000);
  expect(all("question")).toEqual([]);
});

test("a question is not asked while the mirror could not hear the answer", async () => {
  await open();
  house.showState({ pending: question() });
  house.show({ connected: false });
  await settle();
  expect(all("question")).toEqual([]);
});

test("a tap on the sign takes its own question back", async () => {
  await open();
  house.showState({ camera: { on: false }, pending: question() });
  await settle();
  one("camera").click();
  one("microphone").click();
  await settle();
  expect(house.calls).toMatchObject([
    { action: "cancel", payload: { command_id: "command-asked" } },
    { action: "set_microphone", payload: { on: false } },
  ]);
});

const tapPin = (pin: string) => {
  for (const digit of pin) one(`pin-${digit}`).click();
};

async function openPad(): Promise<void> {
  const accept = house.decide;
  house.decide = async () => ({ command_id: "c", outcome: "rejected", reason: "pin_required" });
  one("camera").click();
  await settle();
  house.decide = accept;
}

test("what needs the PIN opens the pad, and is asked for once more when the PIN was right", async () => {
  await open();
  await openPad();
  tapPin("24689");
  one("pin-back").click();
  await settle();
  expect(one("pin-dots").children).toHaveLength(4);
  const given: string[] = [];
  house.unlock = (pin) => {
    given.push(pin);
    return { command_id: "p", outcome: "accepted" };
  };
  one("pin-ok").click();
  await settle();
  expect(given).toEqual(["2468"]);
  expect(house.calls).toMatchObject([
    { action: "set_camera", payload: { on: false } },
    { type: "mira/unlock", entry_id: "entry" },
    { action: "set_camera", payload: { on: false } },
  ]);
  expect(all("pin-pad")).toEqual([]);
  expect(sign("camera")).toBe("Camera off");
});

test("what is refused again after the PIN is told and not asked for a third time", async () => {
  await open();
  await openPad();
  house.decide = async () => ({ command_id: "d", outcome: "rejected", reason: "pin_opens_less" });
  tapPin("2468");
  one("pin-ok").click();
  await settle();
  expect(all("pin-pad")).toEqual([]);
  expect(one("refusal").dataset.reason).toBe("pin_opens_less");
  // Somebody else may have a PIN for it.
  one("camera").click();
  await settle();
  expect(all("pin-pad")).toHaveLength(1);
});

test("the digits are nowhere in the page", async () => {
  await open();
  await openPad();
  tapPin("97531975");
  await settle();
  const pad = panel.renderRoot.querySelector("mira-pin-pad");
  expect(one("pin-dots").children).toHaveLength(8);
  expect(words("pin-dots")).toBe("");
  expect(pad?.shadowRoot?.innerHTML).not.toContain("97531975");
});

test("a wrong PIN empties the pad, says so, and after too many it counts down", async () => {
  await open();
  await openPad();
  house.unlock = () => ({ command_id: "p", outcome: "rejected", reason: "wrong_pin" });
  tapPin("1111");
  one("pin-ok").click();
  house.showState({ access: { pin_set: true, wrong_tries: 1 } });
  await settle();
  expect(one("pin-dots").children).toHaveLength(0);
  expect(words("pin-word")).toBe("Wrong PIN. Tries: 1");
  expect(one("refusal").dataset.reason).toBe("wrong_pin");
  const blocked_until = new Date(Date.now() + 30_000).toISOString();
  house.showState({ access: { pin_set: true, wrong_tries: 5, blocked_until } });
  await settle(5_000);
  expect(words("pin-word")).toBe("Next try in 25 s");
  tapPin("1111");
  await settle();
  expect(one("pin-dots").children).toHaveLength(0);
  await settle(25_000);
  tapPin("1111");
  await settle();
  expect(one("pin-dots").children).toHaveLength(4);
});

test("the pad goes when it is not wanted, or when nobody touches it any more", async () => {
  await open();
  await openPad();
  one("pin-cancel").click();
  await settle();
  expect(all("pin-pad")).toEqual([]);
  await openPad();
  await settle(31_000);
  expect(all("pin-pad")).toEqual([]);
  expect(house.calls).toHaveLength(2); // one for each opening: nothing was asked for again
});

test("a change can be taken back", async () => {
  await open();
  const change = { command_id: "command-c", source: "gesture", action: "set_camera", payload: {} } as const;
  house.showState({ undoable: [{ ...change, touches: ["camera"] }] });
  house.tell(event({ type: "accepted", ...change }));
  await settle();
  one("undo").click();
  await settle();
  expect(house.calls[0]).toMatchObject({ action: "undo", payload: { command_id: "command-c" } });
  await settle(6_000);
  expect(all("undo")).toEqual([]);
});
