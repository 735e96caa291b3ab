import { expect, test } from "vitest";
import protocol from "../../docs/protocol/README.md?raw";
import { event } from "../dev/house.ts";
import { changeWords, type Explanation, relatedWords } from "../src/model/explanation.ts";
import { formatsOf } from "../src/model/formats.ts";
import {
  actionName,
  asked,
  merged,
  outcomeOf,
  policyName,
  reasonOf,
  rivalOf,
  wishWords,
} from "../src/model/log.ts";
import type { MiraEvent } from "../src/protocol.ts";
import words from "../src/texts/en/log.json";
import { logTextsOf, textsOf } from "../src/texts.ts";

const en = await textsOf("en");
const formats = formatsOf({ language: "en" });
const accepted = (action: string, payload: MiraEvent["payload"] = {}) =>
  event({ type: "accepted", action, payload });
const rejected = (fields: Partial<MiraEvent>) => event({ type: "rejected", action: "set_camera", ...fields });

test.each([
  ["set_camera", { on: true }, "Camera on"],
  ["toggle_microphone", { on: false }, "Microphone off"],
  ["toggle_camera", {}, "Switch the camera"],
  ["add_todo", { summary: "Buy milk" }, "Add “Buy milk”"],
  ["add_todo", {}, "Add a todo"],
  ["update_todo", { uid: "1", status: "completed" }, "Complete a todo"],
  ["update_todo", { uid: "1", due: null }, "Change a todo"],
  ["show_page", { page: "clock" }, "Page “Clock”"],
  ["gesture", { name: "palm" }, "Palm"],
  ["gesture", {}, "gesture"],
  ["confirm", { confirmed: "c", asked: "clear_completed_todos" }, "Yes: Clear completed todos"],
  ["confirm", { confirmed: "c", asked: "set_camera" }, "Yes: Switch the camera"],
  ["fly_away", {}, "fly away"],
  ["fly_away", { asked: "add_todo" }, "fly away: Add a todo"],
])("%s with %j is “%s”", (action, payload, expected) => {
  expect(wishWords(accepted(action, payload), words, en)).toBe(expected);
});

test("an event that lost its payload still has a name", () => {
  const { payload: _, ...erased } = accepted("set_camera");
  expect(wishWords(erased, words, en)).toBe("Switch the camera");
  expect(outcomeOf(erased)).toBe("done");
});

test("what is asked back is neither done nor refused", () => {
  expect(outcomeOf(accepted("set_camera", { outcome: "pending" }))).toBe("asked");
  expect(outcomeOf(rejected({}))).toBe("refused");
});

test("a question that was withdrawn is named, with the reason", () => {
  const withdrawn = accepted("withdraw", { command_id: "c", asked: "remove_todos", reason: "changed_since" });
  expect(wishWords(withdrawn, words, en)).toBe("Question withdrawn: Remove to-dos");
  expect(reasonOf(withdrawn, en, formats)).toBe("Changed again since");
  expect(reasonOf(accepted("withdraw", { command_id: "c" }), en, formats)).toBe("");
});

test("only a refusal has a reason", () => {
  expect(reasonOf(accepted("set_camera"), en, formats)).toBe("");
  expect(reasonOf(rejected({ reason: "camera_off" }), en, formats)).toBe("Camera is off");
});

test("the rival of a refusal is found in the log, where it is there", () => {
  const rival = event({ type: "accepted", action: "set_camera", source: "touch", command_id: "0199-aa" });
  const values = { source: "touch", command_id: "0199-aa" };
  const lost = rejected({ reason: "superseded", values });
  expect(rivalOf(lost, [lost, rival])).toBe(rival);
  expect(rivalOf(lost, [lost])).toBeNull();
  expect(rivalOf(rejected({ reason: "superseded" }), [rival])).toBeNull();
  expect(rivalOf(rejected({ reason: "camera_off", values }), [rival])).toBeNull();
});

test("the log is one list, newest first, with nothing twice", () => {
  const [first, second, third] = [accepted("lock"), accepted("lock"), accepted("lock")];
  expect(merged([second, first], [third, second])).toEqual([third, second, first]);
});

test("a filter asks for decisions alone", () => {
  expect(asked({ source: null, refused: false })).toEqual({ event_type: ["accepted", "rejected"] });
  expect(asked({ source: "voice", refused: true })).toEqual({ event_type: ["rejected"], source: ["voice"] });
});

const explanation: Explanation = {
  answer: accepted("set_camera"),
  changed: [
    { place: "camera.on", before: false, after: true },
    { place: "todos", after: { uid: "1", summary: "Buy milk" } },
    { place: "message", before: { text: "x".repeat(70) }, after: null },
    { place: "pages", before: [], after: ["home"] },
  ],
  before: [{ how: "lost to", command_id: "a", source: "touch", action: "set_camera" }],
  led_to: [
    { how: "was not answered in time, so ended by", command_id: "b", source: "system", action: "time_out" },
  ],
};

test("what changed is told in short", () => {
  expect(changeWords(explanation)).toEqual([
    "camera on: false → true",
    "todos: – → Buy milk",
    `message: ${"x".repeat(60)}… → –`,
    'pages: [] → ["home"]',
  ]);
  expect(changeWords({ ...explanation, changed: null })).toEqual([]);
});

test("what belongs to a command is told in the person's language; what is not known as it came", async () => {
  expect(relatedWords(explanation, words, en)).toEqual([
    "lost to: Touch, Switch the camera",
    "was not answered, so ended by: System, Question not answered",
  ]);
  const other = { ...explanation, before: [], led_to: [{ ...explanation.led_to[0], how: "slept by" }] };
  expect(relatedWords(other as Explanation, words, en)).toEqual(["slept by: System, Question not answered"]);
  expect((await logTextsOf("de-AT")).how_lost_to).toBe("verlor gegen");
  expect(await logTextsOf("qaa")).toBe(words);
});

test("an action that is only named has its words, and so has a policy; another keeps its name", () => {
  expect(["lock", "add_todo", "fly_away"].map((action) => actionName(action, words))).toEqual([
    "Lock",
    "Add a todo",
    "fly away",
  ]);
  expect(["rate", "moon_phase"].map((policy) => policyName(policy, words))).toEqual([
    "how many",
    "moon phase",
  ]);
});

test("every action of the protocol has its words", () => {
  const [, table = ""] = protocol.split("## Actions").map((part) => part.split("\n## ")[0]);
  const actions = [...table.matchAll(/^\| (`.*?`) \|/gm)].flatMap(
    ([, names]) => names?.match(/[a-z_]+/g) ?? [],
  );
  expect(actions.length).toBeGreaterThan(20);
  const named = (action: string) =>
    action === "gesture" ||
    Object.keys(words).some((key) =>
      key.startsWith(`action_${action.replace(/^set_(?=camera|microphone)/, "toggle_")}`),
    );
  expect(actions.filter((action) => !named(action))).toEqual([]);
});
