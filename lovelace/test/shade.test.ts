import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { event, House, hand, question, state, view } from "../dev/house.ts";
import { MiraComfort } from "../src/components/comfort.ts";
import { LiveHands } from "../src/live-hands.ts";
import type { Comfort } from "../src/model/comfort.ts";
import { at, type Display, EMPTY, withEvent, withView } from "../src/model/display.ts";

const MINUTE = 60_000;
let panel: HTMLElement;
let shade: MiraComfort;
let house: House;
let live: LiveHands;
let display: Display;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-20T12:00:00.000Z") }); // 13:00 in Berlin
  house = new House(view);
  house.set("binary_sensor.bathroom", "off");
  house.set("sensor.light", "80");
  live = new LiveHands();
  display = withView(EMPTY, view, Date.now());
  panel = document.createElement("div");
  document.body.append(panel);
});

afterEach(() => {
  panel.remove();
  live.lose();
  vi.useRealTimers();
});

const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

async function hang(comfort: Comfort): Promise<void> {
  shade = new MiraComfort();
  Object.assign(shade, { comfort, live, display, hass: house.hass() });
  house.changed = () => {
    shade.hass = house.hass();
  };
  panel.attachShadow({ mode: "open" }).append(shade);
  await settle();
}

const level = () => panel.dataset.comfort;

test("it dims, gets black, and wakes by a touch that does nothing else", async () => {
  await hang({ dim_after: 5, blank_after: 10, dimmed: 20 });
  expect([level(), shade.hasAttribute("takes")]).toEqual(["awake", false]);
  await settle(5 * MINUTE);
  expect([level(), shade.style.getPropertyValue("--shade")]).toEqual(["dim", "0.8"]);
  await settle(5 * MINUTE);
  expect([level(), shade.style.getPropertyValue("--shade")]).toEqual(["blank", "1"]);
  window.dispatchEvent(new Event("pointerdown"));
  expect([level(), shade.hasAttribute("takes")]).toEqual(["awake", true]);
  await settle(700);
  expect(shade.hasAttribute("takes")).toBe(false);
});

test("a key that wakes does nothing else either, the next one does", async () => {
  await hang({ dim_after: 5 });
  await settle(5 * MINUTE);
  const pressed = () => {
    const key = new Event("keydown", { cancelable: true });
    window.dispatchEvent(key);
    return key.defaultPrevented;
  };
  expect([pressed(), level(), pressed()]).toEqual([true, "awake", false]);
});

test.each<[string, () => void]>([
  ["a movement of the mouse", () => window.dispatchEvent(new Event("pointermove"))],
  ["a hand", () => live.take({ ts: "", hands: [hand()] })],
  ["somebody whom a sensor sees", () => house.set("binary_sensor.bathroom", "on")],
  [
    "a gesture",
    () =>
      tell(
        withEvent(
          display,
          event({ type: "accepted", action: "gesture", payload: { name: "palm" } }),
          Date.now(),
        ),
      ),
  ],
  ["a refusal", () => tell(withEvent(display, event({ type: "rejected", action: "lock" }), Date.now()))],
  [
    "another page",
    () => tell(withView(display, { ...view, state: { ...state, page: "clock" } }, Date.now())),
  ],
  [
    "a question",
    () => tell(withView(display, { ...view, state: { ...state, pending: question() } }, Date.now())),
  ],
])("%s wakes it", async (_name, happens) => {
  await hang({ dim_after: 5, presence: ["binary_sensor.bathroom"] });
  await settle(5 * MINUTE);
  expect(level()).toBe("dim");
  happens();
  await settle();
  expect(level()).toBe("awake");
});

function tell(next: Display): void {
  shade.display = next;
}

test("what goes from the glass by itself wakes nobody", async () => {
  display = withEvent(display, event({ type: "rejected", action: "lock" }), Date.now());
  await hang({ dim_after: 5 });
  await settle(5 * MINUTE);
  tell(at(display, Date.now()));
  await settle();
  expect(level()).toBe("dim");
});

test("it stays awake while a sensor sees somebody, and its time begins when they go", async () => {
  await hang({ dim_after: 5, presence: ["binary_sensor.bathroom"] });
  house.set("binary_sensor.bathroom", "on");
  await settle(20 * MINUTE);
  expect(level()).toBe("awake");
  house.set("binary_sensor.bathroom", "off");
  await settle(4 * MINUTE);
  expect(level()).toBe("awake");
  await settle(MINUTE);
  expect(level()).toBe("dim");
});

test("at night, where the mirror hangs, it has the colours of the night", async () => {
  await hang({ night: { from: "13:02", to: "13:04" }, night_colours: "red" });
  await settle(MINUTE);
  expect([level(), panel.hasAttribute("night"), panel.style.getPropertyValue("--bright")]).toEqual([
    "awake",
    false,
    "",
  ]);
  await settle(MINUTE);
  expect([level(), panel.style.getPropertyValue("--bright")]).toEqual(["dim", "#ff5a4d"]);
  await settle(2 * MINUTE);
  expect([level(), panel.style.getPropertyValue("--bright")]).toEqual(["awake", ""]);
});

test("a dark room is night, too; a sensor that says nothing is not", async () => {
  await hang({ light: { entity: "sensor.light", below: 5 }, at_night: "blank" });
  house.set("sensor.light", "2");
  await settle(MINUTE);
  expect(level()).toBe("blank");
  house.set("sensor.light", "unavailable");
  await settle();
  expect(level()).toBe("awake");
});

test("the picture moves a little each minute, unless nobody wants that", async () => {
  await hang({});
  const before = panel.style.translate;
  await settle(MINUTE);
  expect(panel.style.translate).not.toBe(before);
  shade.comfort = { pixel_shift: false };
  await settle();
  expect(panel.style.translate).toBe("");
});

test("the screen is kept on where the browser can, and a refusal is no error", async () => {
  const request = vi.fn().mockRejectedValue(new Error("not allowed"));
  Object.defineProperty(navigator, "wakeLock", { configurable: true, value: { request } });
  await hang({});
  document.dispatchEvent(new Event("visibilitychange"));
  await settle();
  expect(request.mock.calls).toEqual([["screen"], ["screen"]]);
  vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  document.dispatchEvent(new Event("visibilitychange"));
  expect(request).toHaveBeenCalledTimes(2);
  Reflect.deleteProperty(navigator, "wakeLock");
});

test("what was taken away looks no more", async () => {
  await hang({ dim_after: 5 });
  shade.remove();
  await settle(9 * MINUTE);
  window.dispatchEvent(new Event("pointerdown"));
  expect(level()).toBe("awake");
});

test("a sensor that is gone sees nobody, and before Home Assistant has said anything it is awake", async () => {
  await hang({ dim_after: 5, presence: ["binary_sensor.gone"] });
  await settle(5 * MINUTE);
  expect(level()).toBe("dim");
  panel.remove();
  panel = document.createElement("div");
  document.body.append(panel);
  const early = new MiraComfort();
  Object.assign(early, { comfort: { presence: ["binary_sensor.bathroom"] }, live, display });
  panel.attachShadow({ mode: "open" }).append(early);
  await settle(MINUTE);
  expect(level()).toBe("awake");
});
