import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { House, state, view } from "../dev/house.ts";
import type { LiveAir, MirrorWindow, WindowsPart } from "../src/protocol.ts";
import { textsOf } from "../src/texts.ts";
import { nameOf } from "../src/widgets/air/names.ts";
import { roomsOf, type Situation, wayOf, whyWords } from "../src/widgets/air/rooms.ts";
import own from "../src/widgets/air/texts/en.json";
import { Glass, loaded, settle } from "./glass.ts";

const NOON = Date.parse("2026-11-20T12:00:00.000Z");
const minutes = (count: number) => new Date(NOON + count * 60_000).toISOString();

const WINDOW: MirrorWindow = {
  room: null,
  auto: true,
  shadow: false,
  locked: false,
  limits: { most: 100, most_at_night: 100 },
  target: 25,
  position: 25,
  run: null,
  held_until: null,
  rain_until: null,
  fault: null,
  model: null,
};
const CALM: Omit<WindowsPart, "windows"> = {
  outside: { rain: false, storm: false, air: "good" },
  home: { away: false, armed: false, quiet: false },
};
const AIR = { temperature: 21.4, humidity: 63, age_s: 4 };
const LIVE: LiveAir = {
  rooms: { bath: AIR, outside: AIR, kitchen: AIR },
  windows: { bath: { advice: 50, confidence: 0.83, mattered: ["humidity"] } },
  at: minutes(0),
};

let texts: Awaited<ReturnType<typeof textsOf>>;

beforeAll(async () => {
  [texts] = await Promise.all([textsOf("en"), loaded()]);
});

function why(window: Partial<MirrorWindow>, changes: Partial<Situation> = {}, air: typeof AIR | null = AIR) {
  const situation: Situation = {
    state: {},
    part: { ...CALM, windows: {} },
    live: LIVE,
    now: NOON,
    time: (moment) => new Date(moment).toISOString().slice(11, 16),
    percent: (share) => `${Math.round(share * 100)}%`,
    ...changes,
  };
  return whyWords({ id: "bath", window: { ...WINDOW, ...window }, air }, situation, own, texts);
}

const around = (changes: {
  outside?: Partial<WindowsPart["outside"]>;
  home?: Partial<WindowsPart["home"]>;
}) => ({
  part: {
    windows: {},
    outside: { ...CALM.outside, ...changes.outside },
    home: { ...CALM.home, ...changes.home },
  },
});

test("rooms are those of windows, then those that are measured without one; the weather is none", () => {
  const part = { ...CALM, windows: { bath: WINDOW, skylight: { ...WINDOW, room: "attic" } } };
  expect(roomsOf(part, LIVE, NOON).map(({ id, air }) => [id, air])).toEqual([
    ["bath", AIR],
    ["skylight", null],
    ["kitchen", AIR],
  ]);
  expect(roomsOf(part, undefined, NOON).map(({ id }) => id)).toEqual(["bath", "skylight"]);
});

test("what was measured a quarter of an hour ago is not shown as the air of now", () => {
  const measured = (now: number) => roomsOf({ ...CALM, windows: {} }, LIVE, now).length;
  expect(measured(NOON + 895_000)).toBe(2);
  expect(measured(NOON + 897_000)).toBe(0);
});

test("a window goes where its motor runs to, from where it was seen or has begun", () => {
  expect(wayOf(WINDOW)).toBeNull();
  expect(wayOf({ ...WINDOW, run: { start: 0, to: 50 } })).toEqual({ to: 50, opens: true });
  expect(wayOf({ ...WINDOW, run: { start: 100, to: 0 } })).toEqual({ to: 0, opens: false });
  expect(wayOf({ ...WINDOW, position: null, run: { start: 60, to: 50 } })).toEqual({ to: 50, opens: false });
});

test.each([
  ["silent", own.fault_silent],
  ["stuck", own.fault_stuck],
  ["drifting", own.fault_drifting],
  ["lying", own.fault_lying],
  ["no_effect", own.fault_no_effect],
  ["possessed", own.fault],
])("a fault (%s) is said before all else", (fault, words) => {
  expect(why({ fault, held_until: minutes(60), locked: true })).toBe(words);
});

test("a hand is named with the time that it has left", () => {
  expect(why({ held_until: minutes(112) })).toBe("Left alone for another 1 h 52 min");
  expect(why({ held_until: minutes(0.5) })).toBe("Left alone for another 1 min");
  expect(why({ held_until: minutes(120), rain_until: minutes(15) })).toBe("Open in the rain until 12:15");
  expect(why({ held_until: minutes(0), rain_until: minutes(-1) })).toBe("");
});

test("how a window is set is said before what the mirror would do", () => {
  expect(why({ locked: true, auto: false })).toBe(texts.refused_window_locked);
  expect(why({ auto: false, model: "needs" })).toBe(texts.refused_automatic_off);
  expect(why({ shadow: true })).toBe("Shadow mode: would be at 50%");
  expect(why({ shadow: true }, { live: undefined })).toBe(texts.refused_shadow_mode);
});

test("what keeps windows shut is named, the worst first", () => {
  const all = { outside: { storm: true, rain: true }, home: { armed: true, away: true } };
  expect(why({}, around(all))).toBe(texts.refused_storm);
  expect(why({}, around({ ...all, outside: { rain: true } }))).toBe(texts.refused_rain);
  expect(why({}, around({ home: all.home }))).toBe(texts.refused_armed);
  expect(why({}, around({ home: { away: true } }))).toBe(texts.refused_nobody_home);
  expect(why({ target: 0 }, around({ outside: { air: "bad" } }))).toBe(texts.refused_outdoor_air);
  expect(why({ target: 0 }, { ...around({}) }, null)).toBe(texts.refused_stale_readings);
});

test("what it opens no further for is named only where it is as far open", () => {
  const limits = { most: 50, most_at_night: 25 };
  expect(why({ limits })).toBe("");
  expect(why({ limits, target: 50 })).toBe(texts.refused_window_limit);
  expect(why({ limits }, around({ home: { quiet: true } }))).toBe(texts.refused_quiet_time);
  expect(why({ limits, target: null }, around({ home: { quiet: true } }))).toBe("");
});

test("else it is who has decided, or what that followed from", () => {
  const by = (source: string) =>
    why({}, { state: { last_changes: { "window:bath": { command_id: "c", source: source as "touch" } } } });
  expect(by("voice")).toBe(own.by_voice);
  expect(by("system")).toBe(own.by_system);
  expect(why({ model: "needs" })).toBe(own.by_humidity);
  expect(why({ model: "needs" }, { live: undefined })).toBe(own.by_sensor);
  const live = { ...LIVE, windows: { bath: { advice: 5, confidence: 1, mattered: ["moon"] } } };
  expect(why({ model: "needs" }, { live })).toBe(own.by_sensor);
  expect(why({})).toBe("");
});

test("a window is called as its device in Home Assistant, and else by its id", () => {
  const device = { id: "d", name: "Bathroom window", identifiers: [["mira", "0198_window_bath"]] as never };
  expect(nameOf({ devices: { d: device } }, "bath", "0198")).toBe("Bathroom window");
  expect(nameOf({ devices: { d: { ...device, name_by_user: "Skylight" } } }, "bath", "0198")).toBe(
    "Skylight",
  );
  expect(nameOf({ devices: { d: device } }, "bath", "another")).toBe("Bath");
  expect(nameOf({ devices: { d: { id: "d", name: "Lamp" } } }, "living_room", "0198")).toBe("Living room");
  expect(nameOf({}, "bath", "0198")).toBe("Bath");
});

let house: House;
let glass: Glass;

async function hang(windows: WindowsPart["windows"] | null): Promise<void> {
  const parts = windows ? { windows: { ...CALM, windows } } : {};
  const last_changes = { "window:bath": { command_id: "last", source: "touch" as const } };
  house.show({ display: { pages: { home: { bottom_left: [{ type: "air" }] } } } });
  house.showState({ parts, last_changes });
  await glass.hang();
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  house = new House({ ...view, state });
  glass = new Glass(house);
});

afterEach(() => {
  glass.panel.remove();
  vi.useRealTimers();
});

const asked = () => house.calls.map(({ action, payload }) => [action, payload]);
const feeds = () => [...house.feeds.keys()].map(({ type }) => type);

test("each room is shown with its air, how far its window is open, where it is going, and why", async () => {
  await hang({
    bath: { ...WINDOW, run: { start: 0, to: 50 }, model: "needs" },
    living_room: { ...WINDOW, position: 0 },
  });
  expect(feeds()).toContain("mira/air");
  house.breathe(LIVE);
  await settle();
  const rooms = glass.all("room").map((room) => room.textContent?.replace(/\s+/g, " ").trim());
  expect(rooms).toEqual([
    "Bath 25% 50% 21° 63% Because of the humidity",
    `Living room Shut ${texts.refused_stale_readings}`,
    "Kitchen 21° 63%",
  ]);
  expect(glass.all("stands")[0]?.dataset.way).toBe("opens");
});

test("nothing of it is there, nor asked for, where the mirror has no windows", async () => {
  await hang(null);
  expect(glass.all("room")).toEqual([]);
  expect(feeds()).not.toContain("mira/air");
});

test("a tap on a window shows what can be done with it, and asks for that once", async () => {
  await hang({ bath: { ...WINDOW, run: { start: 0, to: 50 } } });
  await glass.tap("room");
  house.decide = () => new Promise(() => undefined); // nothing is decided yet
  for (const name of ["stop", "open", "open", "shut", "hold"]) await glass.tap(`air-${name}`);
  expect(asked()).toEqual([
    ["set_window", { window: "bath", position: "stop" }],
    ["set_window", { window: "bath", position: 100 }],
    ["set_window", { window: "bath", position: 0 }],
    ["hold_window", { window: "bath", minutes: 120 }],
  ]);
  expect(glass.one("air-open").getAttribute("aria-busy")).toBe("true");
  await glass.tap("air-back");
  expect(glass.all("window")).toEqual([]);
});

test("what would change nothing is not offered", async () => {
  const offered = () =>
    ["stop", "open", "shut", "hold", "resume"].filter((name) => glass.all(`air-${name}`)[0]);
  const change = (window: Partial<MirrorWindow>) =>
    house.showState({ parts: { windows: { ...CALM, windows: { bath: { ...WINDOW, ...window } } } } });
  await hang({ bath: WINDOW });
  await glass.tap("room");
  expect(offered()).toEqual(["open", "shut", "hold"]);
  change({ position: 0, target: 0, held_until: minutes(30) });
  await settle();
  expect(offered()).toEqual(["open", "resume"]);
  change({ position: 100 });
  await settle();
  expect(offered()).toEqual(["shut", "hold"]);
  change({ position: null, target: null });
  await settle();
  expect(offered()).toEqual(["open", "shut", "hold"]);
  expect(glass.words("stands")).toBe(own.unknown);
});

test("a window can be moved again", async () => {
  await hang({ bath: { ...WINDOW, held_until: minutes(30) } });
  await glass.tap("room");
  await glass.tap("air-resume");
  expect(asked()).toEqual([["resume_window", { window: "bath" }]]);
});

test("who opens a window in the rain is asked in words", async () => {
  await hang({ bath: WINDOW });
  const payload = { window: "bath", position: 100 };
  const [asked_at, deadline] = [minutes(0), minutes(0.25)];
  const risks = ["window_in_rain"];
  const pending = {
    command_id: "c",
    source: "touch" as const,
    action: "set_window",
    payload,
    risks,
    asked_at,
    deadline,
  };
  house.showState({ pending });
  await settle();
  expect(glass.words("question-words")).toBe("It is raining. Open the window all the same?");
});

test("why a window was moved last is looked up in the log", async () => {
  await hang({ bath: WINDOW });
  await glass.tap("room");
  house.explain = () => ({});
  await glass.tap("air-explain");
  expect(feeds()).toContain("mira/events");
});

test("a window that somebody has looked at, or that is gone, gives way to all of them", async () => {
  await hang({ bath: WINDOW, attic: WINDOW });
  glass.all("room")[0]?.click();
  await settle(59_000);
  expect(glass.all("window")).toHaveLength(1);
  await settle(2_000);
  expect(glass.all("room")).toHaveLength(2);
  glass.all("room")[0]?.click();
  await settle();
  house.showState({ parts: { windows: { ...CALM, windows: { attic: WINDOW } } } });
  await settle();
  expect(glass.all("room")).toHaveLength(1);
});
