import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { House, state, view } from "../dev/house.ts";
import { type Display, EMPTY, withoutHomeAssistant, withView } from "../src/model/display.ts";
import type { FaceMode } from "../src/model/settings.ts";
import type { TalkPart, VoicePart } from "../src/protocol.ts";
import { textsOf } from "../src/texts.ts";
import { widgetElement } from "../src/widgets/index.ts";
import { EMOTIONS } from "../src/widgets/talk/face.ts";
import { shownOf } from "../src/widgets/talk/shown.ts";
import english from "../src/widgets/talk/texts/en.json";
import { Glass, loaded, settle } from "./glass.ts";

const SILENT: TalkPart = { replies: {}, face: null, pictures: "drawn" };
const reply = (place: "mirror" | "elsewhere" | "api", pictures: "drawn" | "fluent" | "none" = "drawn") => ({
  replies: { reply: { place, pictures } },
});
const face = (
  emotion: string,
  of: string | null = "reply",
  pictures: "drawn" | "fluent" | "none" = "drawn",
) => ({
  face: { emotion, reply: of, pictures },
});
const turn = (stage: "listening" | "thinking" | "speaking") => ({
  turn: { id: "turn", stage },
  speech: null,
});

function display(talk: Partial<TalkPart> | null, voice?: VoicePart, mode?: FaceMode): Display {
  const parts = { ...(talk ? { talk: { ...SILENT, ...talk } } : {}), ...(voice ? { voice } : {}) };
  return withView(EMPTY, { ...view, display: mode ? { face: mode } : {}, state: { ...state, parts } }, 0);
}

const seen = (...given: Parameters<typeof display>) => {
  const shown = shownOf(display(...given), false);
  return shown && `${shown.emotion} ${shown.pictures}`;
};

test("there is no face where the mirror has no personas, nor while nobody talks to it", () => {
  expect(shownOf(EMPTY, false)).toBeNull();
  expect(seen(null, turn("listening"), "always")).toBeNull();
  expect(seen({})).toBeNull();
  expect(seen({ pictures: null })).toBeNull();
});

test.each([
  ["listening", "listening drawn"],
  ["thinking", "thinking drawn"],
  ["speaking", "neutral drawn"],
] as const)("while a turn is %s it is %s", (stage, shown) => {
  expect(seen({}, turn(stage))).toBe(shown);
  expect(seen({ pictures: "fluent" }, turn(stage))).toBe(shown.replace("drawn", "fluent"));
  expect(seen({ pictures: "none" }, turn(stage))).toBeNull();
  expect(seen({ pictures: null }, turn(stage))).toBeNull();
});

test("a reply at the mirror, or that of a program, has a face; one that is given elsewhere has none", () => {
  expect(seen(reply("mirror"))).toBe("neutral drawn");
  expect(seen({ ...reply("api", "fluent"), ...face("joy", "reply", "fluent") })).toBe("joy fluent");
  expect(seen({ ...reply("elsewhere"), ...face("joy") })).toBeNull();
  expect(seen({ ...reply("mirror", "none"), ...face("joy", "reply", "none") })).toBeNull();
  expect(seen({ ...face("joy", "reply that is over") })).toBeNull();
});

test("what is expressed without a reply is shown; who listens looks like it", () => {
  expect(seen(face("wink", null))).toBe("wink drawn");
  expect(seen({ ...reply("mirror"), ...face("sad") }, turn("thinking"))).toBe("sad drawn");
  expect(seen(face("wink", null), turn("listening"))).toBe("listening drawn");
});

test("an emotion of a newer mirror is neutral", () => {
  expect(seen(face("smug", null))).toBe("neutral drawn");
});

test("a display that wants no face has none, and one that always wants it has one that rests", () => {
  expect(seen({ ...reply("mirror"), ...face("joy") }, turn("speaking"), "off")).toBeNull();
  expect(seen({ pictures: null }, undefined, "always")).toBe("neutral drawn");
  expect(seen({ pictures: "none" }, undefined, "always")).toBeNull();
  expect(seen({ ...reply("elsewhere", "fluent"), pictures: "fluent" }, undefined, "always")).toBe(
    "neutral fluent",
  );
  const resting = display({}, undefined, "always");
  expect(shownOf(resting, true)).toEqual({
    emotion: "sleepy",
    pictures: "drawn",
    speaks: false,
    rests: true,
  });
  const speaking = { turn: null, speech: { id: "speech" } };
  expect(shownOf(display({}, speaking, "always"), true)).toMatchObject({ emotion: "neutral", speaks: true });
  expect(shownOf(display({}, turn("listening"), "always"), true)).toMatchObject({ rests: false });
});

test("while nobody knows what the mirror does there is no face", () => {
  expect(shownOf(withoutHomeAssistant(display({}, turn("listening")), 0), false)).toBeNull();
});

let house: House;
let glass: Glass;
let motion: boolean;

beforeAll(async () => {
  await Promise.all([
    loaded(),
    textsOf("de"),
    widgetElement("talk"),
    import("../src/widgets/talk/fluent.json"),
  ]);
});

beforeEach(async () => {
  motion = true;
  vi.spyOn(window, "matchMedia").mockImplementation(() => ({ matches: !motion }) as MediaQueryList);
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
  });
  house = new House({
    ...view,
    state: { ...state, parts: { talk: SILENT, voice: { turn: null, speech: null } } },
  });
  glass = new Glass(house);
});

afterEach(() => {
  glass.panel.remove();
  vi.useRealTimers();
});

const label = () => glass.all("face").map((one) => one.getAttribute("aria-label"));
const asked = () => [...house.feeds.keys()].filter(({ type }) => type === "mira/speech");

test("a face is named for those who do not see it, in their language", async () => {
  await glass.hang();
  expect(label()).toEqual([]);
  house.express("sad");
  await settle();
  expect(label()).toEqual(["Face: sad"]);
  expect(glass.one("face").getAttribute("aria-live")).toBe("polite");
  expect(glass.one("face").dataset.pictures).toBe("drawn");
  glass.panel.hass = house.hass({ language: "de", locale: { language: "de" } });
  await settle();
  expect(label()).toEqual(["Gesicht: traurig"]);
  house.express(null, { open: false });
  await settle();
  expect(label()).toEqual([]);
});

test("each emotion has a name", () => {
  for (const emotion of EMOTIONS) expect(english[`emotion_${emotion}`]).toBeTruthy();
});

test("the pictures of another set are loaded where a persona has them", async () => {
  await glass.hang();
  house.express("laughing", { pictures: "fluent" });
  await vi.waitFor(() => expect(glass.one("face").dataset.pictures).toBe("fluent"));
  expect(glass.one("face").querySelector("svg")?.innerHTML).toContain("currentColor");
});

test("how loud it speaks is asked for while a face is seen to speak", async () => {
  await glass.hang();
  house.express("happy");
  await settle();
  expect(asked()).toEqual([]);
  house.talk({ speech: { id: "speech" } });
  await settle();
  expect(asked()).toEqual([{ type: "mira/speech", entry_id: "entry" }]);
  house.speak(0.7);
  await settle(1_000);
  house.talk({});
  await settle();
  expect(asked()).toEqual([]);
});

test("a face that does not move asks for nothing", async () => {
  motion = false;
  await glass.hang();
  house.express("happy");
  house.talk({ speech: { id: "speech" } });
  await settle();
  expect([label(), asked()]).toEqual([["Face: happy"], []]);
});

test("in a glass that dims it becomes sleepy", async () => {
  house.view = { ...house.view, display: { face: "always" } };
  await glass.hang();
  expect(label()).toEqual(["Face: neutral"]);
  glass.panel.dataset.comfort = "dim";
  await vi.waitFor(() => expect(label()).toEqual(["Face: sleepy"]));
});
