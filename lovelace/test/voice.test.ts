import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { House, state, view } from "../dev/house.ts";
import type { Talk, Voice, VoiceTimer } from "../src/homeassistant.ts";
import { EMPTY, withView } from "../src/model/display.ts";
import { stageOf } from "../src/model/stage.ts";
import type { VoicePart } from "../src/protocol.ts";
import { textsOf, type WidgetTexts, widgetTextsOf } from "../src/texts.ts";
import { widgetElement } from "../src/widgets/index.ts";
import { linesOf, timersOf } from "../src/widgets/voice/talk.ts";
import { Glass, loaded, settle } from "./glass.ts";

const NOW = Date.parse("2026-11-20T12:00:00.000Z");
const SILENT: VoicePart = { turn: null, speech: null };

let house: House;
let glass: Glass;
let texts: WidgetTexts;

beforeAll(async () => {
  await Promise.all([loaded(), textsOf("de"), widgetElement("voice")]);
  texts = (await widgetTextsOf("en")).voice as WidgetTexts;
});

beforeEach(() => {
  vi.spyOn(window, "matchMedia").mockReturnValue({ matches: true } as MediaQueryList); // motion is reduced
  vi.useFakeTimers({ now: NOW });
  house = new House({ ...view, state: { ...state, parts: { voice: SILENT } } });
  glass = new Glass(house);
});

afterEach(() => {
  glass.panel.remove();
  vi.useRealTimers();
});

const turn = (stage: "listening" | "thinking" | "speaking") => ({ turn: { id: "turn", stage } });

async function talk(part: Partial<VoicePart>, voice: Partial<Voice> | null = null): Promise<void> {
  house.talk(part, voice);
  await settle();
}

const ring = () => glass.all("voice-ring")[0]?.dataset.stage;
const said = () => glass.all("voice-said").map((line) => line.textContent?.replaceAll("\u00ad", ""));
const heard = () => glass.all("voice-heard").map((line) => line.textContent?.replaceAll("\u00ad", ""));
const timers = () =>
  glass.all("timer").map((one) => `${one.dataset.state} ${one.textContent?.replace(/\s+/g, " ").trim()}`);

function timer(fields: Partial<VoiceTimer> = {}): VoiceTimer {
  // Hanging takes a second.
  const span = { started_at: "2026-11-20T11:59:00.000Z", ends_at: "2026-11-20T12:05:01.000Z" };
  return { id: "noodles", name: "Noodles", paused_left_s: null, done: false, ...span, ...fields };
}

test("a ring says that the mirror listens, thinks and speaks, and is gone afterwards", async () => {
  await glass.hang();
  expect(ring()).toBeUndefined();
  await talk(turn("listening"), { turn: "turn", stage: "listening" });
  expect([ring(), heard(), said()]).toEqual(["listening", [], ["I'm listening"]]);
  await talk(turn("thinking"), { turn: "turn", stage: "thinking", heard: "Will it rain?" });
  expect([ring(), heard(), said()]).toEqual(["thinking", ["“Will it rain?”"], ["One moment…"]]);
  await talk(
    { ...turn("speaking"), speech: { id: "speech" } },
    { turn: "turn", stage: "speaking", heard: "Will it rain?", reply: "No, it" },
  );
  expect([ring(), said()]).toEqual(["speaking", ["No, it"]]);
  house.talk({}, { turn: "turn", heard: "Will it rain?", reply: "No, it stays dry." });
  await settle();
  expect([ring(), heard(), said()]).toEqual([undefined, ["“Will it rain?”"], ["No, it stays dry."]]);
  await settle(8_000);
  expect([heard(), said(), glass.all("voice")]).toEqual([[], [], []]);
});

test("whoever may not read the words sees the ring all the same", async () => {
  await glass.hang();
  await talk(turn("listening"));
  expect([ring(), said()]).toEqual(["listening", ["I'm listening"]]);
  await talk({ speech: { id: "speech" } });
  expect([ring(), said()]).toEqual(["speaking", ["Speaking…"]]);
});

test("guests see the ring, and no words and no timers; nor what was said before the PIN was given", async () => {
  house.view = {
    ...house.view,
    display: { guest: true },
    state: { ...state, parts: { voice: SILENT }, access: { pin_set: true } },
  };
  await glass.hang();
  const words = { turn: "turn", heard: "Where is the key?", reply: "Below the mat", timers: [timer()] };
  await talk(turn("speaking"), { ...words, stage: "speaking" });
  expect(ring()).toBe("speaking");
  expect(glass.text()).not.toMatch(/key|mat|Noodles/);
  await talk({}, words);
  house.showState({ access: { pin_set: true, unlocked_until: "2026-11-20T13:00:00.000Z" } });
  await settle();
  expect([said(), timers()]).toEqual([[], ["running Noodles 5:00"]]);
});

test("a tap on the words or on the ring ends what is being said, once", async () => {
  await glass.hang();
  await talk(turn("speaking"), { turn: "turn", stage: "speaking", reply: "Once upon a time" });
  await glass.tap("voice");
  expect(house.calls).toEqual([
    { type: "mira/command", entry_id: "entry", action: "stop_talking", payload: {} },
  ]);
  house.decide = () => new Promise(() => undefined);
  await glass.tap("voice-ring");
  await glass.tap("voice-ring");
  expect(house.calls).toHaveLength(2);
});

test("a tap on what is over takes it away, and asks for nothing", async () => {
  await glass.hang();
  await talk({}, { turn: "turn", reply: "It stays dry." });
  await glass.tap("voice");
  expect([house.calls, said()]).toEqual([[], []]);
});

test("what went wrong is said in words, with what to do; Home Assistant's own sentence comes first", async () => {
  await glass.hang();
  await talk({}, { turn: "turn", error: "validation_error" });
  expect(said()[0]).toContain("Speech-to-text is not set up.");
  await talk({}, { turn: "turn", error: "of_a_newer_home_assistant" });
  expect(said()[0]).toContain("That did not work.");
  await talk({}, { turn: "turn", error: "no_intent_match", reply: "Sorry, I couldn't understand that" });
  expect(said()).toEqual(["Sorry, I couldn't understand that"]);
});

test("what is said is gone with the mirror, and with Home Assistant; timers only with Home Assistant", async () => {
  await glass.hang();
  const voice = { turn: "turn", stage: "thinking" as const, heard: "Will it rain?", timers: [timer()] };
  await talk(turn("thinking"), voice);
  house.show({ connected: false });
  await settle();
  expect([ring(), heard(), timers().length]).toEqual([undefined, [], 1]);
  house.show({ connected: true });
  await talk(turn("thinking"), voice);
  expect([ring(), heard().length]).toEqual(["thinking", 1]);
  house.disconnect();
  await settle();
  expect([ring(), heard(), timers()]).toEqual([undefined, [], []]);
});

test("timers count down, stand still, and ring until somebody has seen it", async () => {
  await glass.hang();
  const paused = timer({ id: "tea", name: null, paused_left_s: 61 });
  await talk({}, { timers: [timer(), paused] });
  expect(timers()).toEqual(["paused Timer 1:01", "running Noodles 5:00"]);
  await settle(2_000);
  expect(timers()).toEqual(["paused Timer 1:01", "running Noodles 4:58"]);
  const done = timer({ done: true, ends_at: "2026-11-20T12:00:00.000Z" });
  await talk({}, { timers: [paused, done] });
  expect(timers()).toEqual(["done Noodles: time is up", "paused Timer 1:01"]);
  glass.all("timer")[0]?.click();
  await settle();
  expect(house.calls.map(({ action }) => action)).toEqual(["stop_talking"]);
  await talk({}, { timers: [paused, done] });
  expect(timers()).toEqual(["paused Timer 1:01"]);
});

test("a timer that changes leaves the words of before as long as they would have stayed", async () => {
  await glass.hang();
  await talk({}, { turn: "turn", reply: "A timer of 5 minutes." });
  await settle(3_000);
  await talk({}, { timers: [timer()] });
  expect(said()).toEqual(["A timer of 5 minutes."]);
  await settle(5_000);
  expect([said(), timers().length]).toEqual([[], 1]);
});

test("what was being said when it was last heard of is gone when nothing is said any more", async () => {
  await glass.hang();
  await talk(turn("speaking"), { turn: "turn", stage: "speaking", reply: "Once upon a time" });
  await talk({}, {});
  expect(glass.all("voice")).toEqual([]);
});

test("a mirror without voice loads nothing of it", async () => {
  house.view = { ...house.view, state };
  await glass.hang();
  expect(glass.panel.renderRoot.querySelector("mira-voice")).toBeNull();
});

test("a dimmed glass wakes when the mirror listens", async () => {
  house.view = { ...house.view, display: { comfort: { dim_after: 1, pixel_shift: false } } };
  await glass.hang();
  await settle(70_000);
  expect(glass.panel.dataset.comfort).toBe("dim");
  await talk(turn("listening"));
  expect(glass.panel.dataset.comfort).toBe("awake");
});

test("a display that is away from the glass and comes back shows nothing of before", async () => {
  await glass.hang();
  await talk({}, { turn: "turn", reply: "It stays dry." });
  const { panel } = glass;
  panel.remove();
  document.body.append(panel);
  await settle();
  expect(said()).toEqual([]);
});

const display = (voice?: VoicePart) =>
  withView(EMPTY, { ...view, state: { ...state, ...(voice && { parts: { voice } }) } }, NOW);

test("that it listens is told before all else, and nothing where nobody knows", () => {
  const speech = { id: "speech" };
  expect(stageOf(display({ ...turn("listening"), speech }))).toBe("listening");
  expect(stageOf(display({ ...turn("thinking"), speech }))).toBe("speaking");
  expect(stageOf(display({ ...turn("thinking"), speech: null }))).toBe("thinking");
  expect(stageOf(display(SILENT))).toBeNull();
  expect(stageOf(display())).toBeNull();
  expect(stageOf(EMPTY)).toBeNull();
  const shown = display({ ...turn("listening"), speech });
  expect(stageOf({ ...shown, homeAssistant: "reconnecting" })).toBeNull();
});

const over: Talk = { turn: "turn", stage: "over", heard: null, reply: null, error: null };

test("a turn in which nothing was said has nothing to say", () => {
  expect(linesOf(null, null, texts)).toBeNull();
  expect(linesOf(over, null, texts)).toBeNull();
  expect(linesOf({ ...over, heard: "Hm" }, null, texts)).toEqual({ heard: "Hm", said: "", failed: false });
});

test.each([
  ["stt_no_text_recognized", "I heard nothing."],
  ["validation_error", "Speech-to-text is not set up. Choose one under Settings"],
  ["stt_provider_missing", "Speech-to-text is missing. Start it"],
  ["intent_not_supported", "The conversation agent is missing."],
  ["tts_not_supported", "does not know this language"],
  ["constructor", "That did not work."],
])("%s is told", (error, words) => {
  expect(linesOf({ ...over, error }, null, texts)).toMatchObject({
    failed: true,
    said: expect.stringContaining(words),
  });
});

test("three timers are shown, those that ring first; one of which nobody tells any more is gone", () => {
  const at = (seconds: number) => new Date(NOW + 1_000 * seconds).toISOString();
  const all = [
    timer({ id: "long", ends_at: at(3_899) }),
    timer({ id: "late", ends_at: at(-10) }),
    timer({ id: "forgotten", ends_at: at(-70) }),
    timer({ id: "rings", done: true, ends_at: at(-5) }),
    timer({ id: "paused", paused_left_s: 60, ends_at: at(-500) }),
  ];
  const { shown, more } = timersOf(all, NOW, texts);
  expect(shown.map(({ id, left, next }) => [id, left, next])).toEqual([
    ["rings", "", null],
    ["late", "0:00", null],
    ["paused", "1:00", null],
  ]);
  expect(more).toBe(1);
  const [long] = timersOf(all.slice(0, 1), NOW + 250, texts).shown;
  expect(long).toMatchObject({ left: "1:04:59", next: 750 });
});
