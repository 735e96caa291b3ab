import type { House } from "../../../dev/house.ts";
import { appear, loaded, type Scene, tap } from "../../../dev/scene.ts";
import { minutes } from "../../../dev/today.ts";
import type { Layout } from "../../model/settings.ts";
import type { LiveAir, MirrorWindow, WindowsPart } from "../../protocol.ts";

const window: MirrorWindow = {
  room: null,
  auto: true,
  shadow: false,
  locked: false,
  limits: { most: 100, most_at_night: 100 },
  target: 0,
  position: 0,
  run: null,
  held_until: null,
  rain_until: null,
  fault: null,
  model: null,
};

const windows: WindowsPart["windows"] = {
  bath: { ...window, target: 50, position: 25, run: { start: 0, to: 50 }, model: "needs" },
  bedroom: { ...window, target: 25, position: 25, held_until: minutes(112) },
  living_room: window,
};

const calm: Omit<WindowsPart, "windows"> = {
  outside: { rain: false, storm: false, air: "good" },
  home: { away: false, armed: false, quiet: false },
};

const measured: Omit<LiveAir, "at"> = {
  rooms: {
    bath: { temperature: 23.6, humidity: 81.2, age_s: 4 },
    bedroom: { temperature: 18.9, humidity: 52, age_s: 40 },
    living_room: { temperature: 21.4, humidity: 47.5, age_s: 12 },
    kitchen: { temperature: 22.1, humidity: 55, age_s: 12 },
  },
  windows: { bath: { advice: 50, confidence: 0.83, mattered: ["humidity"] } },
};

const BELOW: Layout = {
  top_left: [{ type: "clock" }],
  top_right: [{ type: "weather", forecast: "none" }],
  bottom_left: [{ type: "air" }],
};

/** The air is measured, and windows stand like this. */
async function air(house: House, changes: Partial<WindowsPart> = {}): Promise<void> {
  const change = { command_id: "shut", source: "voice" as const, captured_at: minutes(-5) };
  const last_changes = { "window:living_room": change };
  house.showState({ last_changes, parts: { windows: { ...calm, windows, ...changes } } });
  await loaded("mira-air");
  await appear("air");
  house.breathe({ ...measured, at: minutes(0) });
}

async function below(house: House, changes: Partial<WindowsPart> = {}): Promise<void> {
  house.show({ display: { ...house.view.display, pages: { home: BELOW } } });
  await air(house, changes);
}

/** Somebody has tapped on a window. */
async function chosen(house: House): Promise<void> {
  await below(house);
  await appear("air-values");
  await tap("room");
}

/** The page that shows the air alone, with whatever windows can have. */
async function alone(house: House): Promise<void> {
  house.showState({ page: "air", pages: ["home", "air", "clock"] });
  await air(house, {
    windows: {
      ...windows,
      guest_bathroom_upstairs: { ...window, fault: "no_effect", target: 25, position: 25 },
      attic: { ...window, shadow: true, room: "kitchen" },
      study: { ...window, target: null, position: null, auto: false },
    },
  });
}

/** Of those that are kept as pictures. */
export const captions = {
  air: "The air in each room, and where its window is going",
  air_window: "A window that was tapped on",
};

export default {
  air: (house) => below(house),
  air_window: (house) => chosen(house),
  air_page: (house) => alone(house),
  air_in_the_rain: (house) => below(house, { outside: { ...calm.outside, rain: true } }),
} satisfies Record<string, Scene>;
