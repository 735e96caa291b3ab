import { expect, test } from "vitest";
import { event, question, state, view } from "../dev/house.ts";
import * as model from "../src/model/display.ts";
import { mirrorLink } from "../src/model/links.ts";
import { refusalOf } from "../src/model/refusal.ts";

const NOW = Date.parse("2026-11-20T12:00:00.000Z");
const live = model.withView(model.EMPTY, view, NOW);
const gesture = event({ type: "accepted", action: "gesture", payload: { name: "palm" }, confidence: 0.9 });
const rejection = event({
  type: "rejected",
  action: "gesture",
  payload: { name: "palm" },
  reason: "camera_off",
});
const message = {
  text: "Dinner",
  title: null,
  at: "2026-11-20T11:00:00.000Z",
  until: "2026-11-20T11:00:10.000Z",
};
const withMessage = { ...view, state: { ...state, message } };

test("an accepted gesture is seen for some seconds", () => {
  const seen = model.withEvent(live, gesture, NOW);
  expect(seen.gesture?.what).toEqual({ commandId: gesture.command_id, name: "palm", confidence: 0.9 });
  expect(model.at(seen, NOW + model.GESTURE_MS - 1).gesture).not.toBeNull();
  expect(model.at(seen, NOW + model.GESTURE_MS).gesture).toBeNull();
});

test("other accepted commands, and patches, are no gesture", () => {
  const todo = event({ type: "accepted", action: "add_todo", payload: { name: "palm" } });
  expect(model.withEvent(live, todo, NOW).gesture).toBeNull();
  expect(model.withEvent(live, { ...gesture, type: "state_patch" }, NOW)).toBe(live);
});

test("a refusal is shown for some seconds", () => {
  const refused = model.withEvent(live, rejection, NOW);
  expect(refused.refusal?.what.reason).toBe("camera_off");
  expect(model.at(refused, NOW + model.REFUSAL_MS).refusal).toBeNull();
});

test("the answer to a touch and its event are one refusal", () => {
  const once = model.withEvent(live, rejection, NOW);
  expect(model.withRefusal(once, { ...refusalOf(rejection), confidence: null }, NOW + 100)).toBe(once);
  const next = { ...rejection, command_id: "another" };
  expect(model.withEvent(once, next, NOW + 100).refusal?.until).toBe(NOW + 100 + model.REFUSAL_MS);
});

test("a message that comes while we look stays for its duration, whatever the mirror's clock says", () => {
  const shown = model.withView(live, withMessage, NOW);
  expect(model.at(shown, NOW + 9_999).message?.what.text).toBe("Dinner");
  expect(model.at(shown, NOW + 10_000).message).toBeNull();
});

test("a message does not come back with the next view", () => {
  const over = model.at(model.withView(live, withMessage, NOW), NOW + 10_000);
  expect(model.withView(over, { ...withMessage, rev: 2 }, NOW + 11_000).message).toBeNull();
});

test("a message from before we looked ends at its time", () => {
  const shown = model.withView(model.EMPTY, withMessage, NOW);
  expect(model.at(shown, NOW).message).toBeNull();
});

test("the same words sent again are a new message", () => {
  const shown = model.withView(live, withMessage, NOW);
  const again = { ...message, at: "2026-11-20T11:00:05.000Z", until: "2026-11-20T11:00:15.000Z" };
  const next = model.withView(shown, { ...view, state: { ...state, message: again } }, NOW + 5_000);
  expect(next.message?.until).toBe(NOW + 15_000);
});

test("what is shown is old from the moment its source is lost until a new view comes", () => {
  expect(live.staleSince).toBeNull();
  const lost = model.withoutHomeAssistant(live, NOW + 1_000);
  expect(lost.staleSince).toBe(NOW + 1_000);
  const back = model.withoutSubscription(model.withHomeAssistant(lost), null, NOW + 5_000);
  expect(back.staleSince).toBe(NOW + 1_000);
  expect(model.withView(back, view, NOW + 9_000).staleSince).toBeNull();
});

test("the two links are told apart", () => {
  expect(mirrorLink(live)).toBe("connected");
  expect(mirrorLink(model.withView(live, { ...view, connected: false }, NOW))).toBe("reconnecting");
  expect(mirrorLink(model.withoutHomeAssistant(live, NOW))).toBe("unknown");
  expect(mirrorLink(model.withHomeAssistant(model.withoutHomeAssistant(live, NOW)))).toBe("unknown");
});

test("nothing changes while nothing is over", () => {
  const seen = model.withEvent(live, gesture, NOW);
  expect(model.at(seen, NOW + 1)).toBe(seen);
});

test("each touch waits for itself", () => {
  const waits = model.withPending(model.withPending(live, "camera", true), "7", true);
  expect([...model.withPending(waits, "camera", false).pending]).toEqual(["7"]);
});

test("a question is shown for as long as the mirror waits, whatever its clock says", () => {
  const asked = question({ asked_at: "2026-11-20T11:00:00.000Z", deadline: "2026-11-20T11:00:15.000Z" });
  const asking = { ...view, state: { ...state, pending: asked } };
  const shown = model.withView(live, asking, NOW);
  expect(shown.question).toEqual({ what: asked, until: NOW + 15_000 });
  expect(model.withView(shown, { ...asking, rev: 2 }, NOW + 9_000).question?.until).toBe(NOW + 15_000);
  expect(model.at(shown, NOW + 15_000).question).toBeNull();
  expect(model.withView(shown, view, NOW + 1_000).question).toBeNull();
});

test("a question from before we looked ends at its deadline", () => {
  const asked = question({ deadline: "2026-11-20T12:00:03.000Z" });
  const shown = model.withView(model.EMPTY, { ...view, state: { ...state, pending: asked } }, NOW);
  expect(shown.question?.until).toBe(NOW + 3_000);
});

const change = { source: "touch", touches: ["todo:1"], action: "update_todo", payload: {} } as const;
const changed = (fields = {}) => {
  const last = { ...change, touches: ["todo:1"], command_id: "command-c", ...fields };
  const shown = model.withView(live, { ...view, state: { ...state, undoable: [last] } }, NOW);
  const told = { action: "update_todo", source: last.source, command_id: "command-c" } as const;
  return model.withEvent(shown, event({ type: "accepted", ...told }), NOW);
};

test("a change by a person can be taken back for some seconds", () => {
  expect(changed().undo).toEqual({ what: "command-c", until: NOW + model.UNDO_MS });
  expect(model.at(changed(), NOW + model.UNDO_MS).undo).toBeNull();
  expect(model.withView(changed(), view, NOW).undo).toBeNull();
});

test("no button takes back a page, what was taken back already, or what no person in front of the glass did", () => {
  expect(changed({ touches: ["page"] }).undo).toBeNull();
  expect(changed({ is_undo: true }).undo).toBeNull();
  expect(changed({ source: "automation" }).undo).toBeNull();
  expect(changed({ command_id: "command-before" }).undo).toBeNull();
});

test("the PIN counts until its time is over, by the mirror's clock", () => {
  const unlocked_until = new Date(NOW + 60_000).toISOString();
  const open = { ...view, state: { ...state, access: { pin_set: true, unlocked_until } } };
  const unlocked = model.withView(live, open, NOW);
  expect(model.at(unlocked, NOW + 59_999).unlocked).not.toBeNull();
  expect(model.at(unlocked, NOW + 60_000).unlocked).toBeNull();
  expect(model.withView(unlocked, view, NOW).unlocked).toBeNull();
});

test("a question that the mirror withdraws is told with the reason", () => {
  const payload = { command_id: "command-asked", asked: "remove_todos", reason: "already_done" };
  const withdrawn = event({ type: "accepted", action: "withdraw", source: "system", payload });
  const { refusal } = model.withEvent(model.EMPTY, withdrawn, NOW);
  expect(refusal?.what).toMatchObject({ withdrawn: true, reason: "already_done" });
  const nothing = event({
    type: "accepted",
    action: "withdraw",
    source: "system",
    payload: { command_id: "c" },
  });
  expect(model.withEvent(model.EMPTY, nothing, NOW).refusal).toBeNull();
});

test("the mirror's clock is known by what its views tell, whatever they took on the way", () => {
  const told = (milliseconds: number) => ({ ...view, now: new Date(NOW + milliseconds).toISOString() });
  expect(model.aheadOf(0, told(240_000), NOW)).toBe(240_000);
  expect(model.aheadOf(240_000, told(239_500), NOW)).toBe(240_000); // it was half a second on the way
  expect(model.aheadOf(240_000, told(240_100), NOW)).toBe(240_100);
  expect(model.aheadOf(240_000, told(0), NOW)).toBe(0); // somebody has set this machine's clock
  expect(model.aheadOf(240_000, view, NOW)).toBe(240_000); // an older integration tells no time
});
