import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { House, view } from "../dev/house.ts";
import { widgetElement } from "../src/widgets/index.ts";
import { metersOf } from "../src/widgets/microphone/level.ts";
import { Glass, loaded, settle } from "./glass.ts";

let house: House;
let glass: Glass;

beforeAll(async () => {
  await Promise.all([loaded(), widgetElement("microphone")]);
});

beforeEach(async () => {
  vi.useFakeTimers();
  const pages = { home: { bottom_right: [{ type: "microphone" }] } };
  house = new House({ ...view, display: { version: 1, pages } });
  glass = new Glass(house);
  await glass.hang();
  await settle();
});

afterEach(() => {
  glass.panel.remove();
  vi.useRealTimers();
});

const asked = () => [...house.feeds.keys()].filter(({ type }) => type === "mira/levels");
const words = () => glass.all("level").map((one) => one.textContent?.replace(/\s+/g, " ").trim());
const without = () => glass.all("no-level").map((one) => one.textContent);

async function sound(level: number, noise: number): Promise<void> {
  house.sound({ microphone: [level, noise] });
  await settle();
}

test("levels are asked for while the widget hangs and the microphone is on", async () => {
  expect(asked()).toEqual([{ type: "mira/levels", entry_id: "entry" }]);
  expect(without()).toEqual(["Waiting for the microphone"]);
  await sound(-31.4, -62);
  expect(words()).toEqual(["−31 dB −62 dB while nobody speaks"]);
  house.showState({ microphone: { on: false } });
  await settle();
  expect([asked(), words(), without()]).toEqual([[], [], ["The microphone is off"]]);
});

test("what nobody measures any more is no level", async () => {
  await sound(-31.4, -62);
  await vi.advanceTimersByTimeAsync(2_000);
  await sound(-40, -62);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(words()).toEqual(["−40 dB −62 dB while nobody speaks"]);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(without()).toEqual(["Waiting for the microphone"]);
});

test("a mirror without a microphone shows no level", async () => {
  house.show({ devices: { camera: { kind: "camera", capture: "open" } } });
  await settle();
  expect(
    glass.all("levels").filter((one) => !(one.getRootNode() as ShadowRoot).host.hasAttribute("hidden")),
  ).toEqual([]);
});

test("a bar is empty in silence, full where somebody calls, and never beyond", () => {
  const [silent, calling] = metersOf({ levels: { microphone: [-96, -96], wall: [0, -75] } });
  expect([silent?.filled, silent?.mark, calling?.filled, calling?.mark]).toEqual([0, 0, 1, 0]);
});
