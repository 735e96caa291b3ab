import { expect, test } from "vitest";
import schema from "../../docs/protocol/v2.json";
import { event } from "../dev/house.ts";
import { Formats } from "../src/model/formats.ts";
import { notSent, refusalOf } from "../src/model/refusal.ts";
import { refusalWords } from "../src/model/refusal-words.ts";
import type { MiraEvent } from "../src/protocol.ts";
import de from "../src/texts/de/display.json";
import en from "../src/texts/en/display.json";
import type { Texts } from "../src/texts.ts";

const english = new Formats("en", "UTC", true);
const rejected = (fields: Partial<MiraEvent>) =>
  refusalOf(event({ type: "rejected", action: "gesture", payload: { name: "thumb_up" }, ...fields }));

test("a gesture is refused with the reason and its name", () => {
  expect(refusalWords(rejected({ reason: "camera_off" }), en, english)).toEqual({
    why: "Camera is off",
    what: "Gesture: Thumb up",
  });
});

test("a question that was withdrawn says so, and why", () => {
  const payload = { command_id: "command-asked", asked: "teach_gesture", reason: "camera_off" };
  const withdrawn = refusalOf(event({ type: "accepted", action: "withdraw", source: "system", payload }));
  expect(refusalWords(withdrawn, en, english)).toEqual({ why: "Question withdrawn", what: "Camera is off" });
  const newer = { ...withdrawn, reason: "a_reason_of_a_newer_sidecar" };
  expect(refusalWords(newer, en, english)).toEqual({
    why: "Question withdrawn",
    what: "Refused (a_reason_of_a_newer_sidecar)",
  });
});

test("a low confidence is told in percent", () => {
  expect(refusalWords(rejected({ reason: "low_confidence", confidence: 0.62 }), en, english).why).toBe(
    "Not sure: 62%",
  );
  expect(refusalWords(rejected({ reason: "low_confidence" }), en, english).why).toBe("Not sure");
});

test("a late command is told in seconds", () => {
  const times = { ts: "2026-11-20T12:00:07.200Z", captured_at: "2026-11-20T12:00:00.000Z" };
  expect(refusalWords(rejected({ reason: "expired", ...times }), en, english).why).toBe("Came too late: 7 s");
  expect(refusalWords(rejected({ reason: "expired" }), en, english).why).toBe("Came too late");
});

test("a reason that is not known is told with its code, in the language of the display", () => {
  const refusal = rejected({ reason: "full_moon", action: "add_todo", source: "voice" });
  expect(refusalWords(refusal, en, english)).toEqual({ why: "Refused (full_moon)", what: "Voice" });
  expect(refusalWords(rejected({ reason: "full_moon" }), de, english).why).toBe("Abgelehnt (full_moon)");
});

test("what failed on the way is told with the error", () => {
  expect(refusalWords(notSent("not_done", "Timeout"), en, english)).toEqual({
    why: "That did not work",
    what: "Timeout",
  });
});

test("what failed on the way without a sentence has one line", () => {
  expect(refusalWords(notSent("not_done", null), en, english).what).toBe("");
});

test.each([
  ["English", en],
  ["German", de],
])("every reason of the protocol has its words in %s", (_, texts) => {
  const reasons = Object.keys(schema.$defs.Reasons.properties);
  expect(reasons).toContain("camera_off");
  for (const reason of reasons) {
    const { why } = refusalWords(rejected({ reason }), texts as Texts, english);
    expect(why, reason).not.toMatch(/[{(]/);
  }
});
