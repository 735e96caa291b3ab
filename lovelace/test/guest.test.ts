import { expect, test } from "vitest";
import { event, question, state, view } from "../dev/house.ts";
import { todos } from "../dev/today.ts";
import { at, type Display, EMPTY, withEvent, withView } from "../src/model/display.ts";
import { forGuests, guestLayout, isGuest } from "../src/model/guest.ts";
import { widgetSettings } from "../src/widgets/index.ts";

const NOW = Date.parse("2026-11-20T12:00:00.000Z");

function display(access: object, guest?: boolean): Display {
  const settled = guest === undefined ? {} : { display: { guest } };
  return withView(EMPTY, { ...view, ...settled, state: { ...state, access } }, NOW);
}

test.each<[string, object, boolean | undefined, boolean]>([
  ["locked", { pin_set: true }, true, true],
  ["locked since", { pin_set: true, unlocked_until: "2026-11-20T11:59:00.000Z" }, true, true],
  ["unlocked", { pin_set: true, unlocked_until: "2026-11-20T12:00:30.000Z" }, true, false],
  ["without a PIN", { pin_set: false }, true, false],
  ["locked, where nobody wants it", { pin_set: true }, false, false],
  ["locked, where nothing is settled", { pin_set: true }, undefined, false],
])("a mirror that is %s", (_name, access, guest, expected) => {
  expect(isGuest(at(display(access, guest), NOW))).toBe(expected);
});

test("before the mirror has said anything, nobody is a guest", () => {
  expect(isGuest(EMPTY)).toBe(false);
  expect(forGuests(EMPTY)).toMatchObject({ view: null, question: null, refusal: null });
});

test("nothing of the household is left in what guests see", () => {
  const secret = "Surprise for Anna";
  const message = {
    text: secret,
    title: secret,
    at: "2026-11-20T12:00:00.000Z",
    until: "2026-11-20T12:01:00.000Z",
  };
  const undoable = { command_id: "u", source: "touch", touches: ["todos"], action: "add_todo" } as const;
  const told: Display = withEvent(
    withView(
      EMPTY,
      {
        ...view,
        devices: { camera: { kind: "camera", capture: "failed", error: secret } },
        state: {
          ...state,
          todos: [...todos, { uid: "s", summary: secret }],
          message,
          pending: question({
            action: "add_todo",
            payload: { summary: secret },
            risks: [],
            about: [{ uid: "s", summary: secret }],
          }),
          undoable: [{ ...undoable, touches: [...undoable.touches], payload: { summary: secret } }],
        },
      },
      NOW,
    ),
    event({
      type: "rejected",
      action: "add_todo",
      payload: { summary: secret },
      reason: "new",
    }),
    NOW,
  );
  expect(JSON.stringify(told)).toContain(secret);
  const veiled = forGuests(told);
  expect(JSON.stringify(veiled)).not.toContain(secret);
  expect(veiled.question?.what.action).toBe("add_todo");
  expect(veiled.refusal?.what.reason).toBe("new");
});

test("of a page the clock and the weather stay", () => {
  const layout = guestLayout(
    {
      top_left: [{ type: "clock" }, { type: "calendar" }],
      top_right: [{ type: "weather" }],
      middle: [{ type: "log" }],
    },
    widgetSettings,
  );
  expect(layout).toEqual({ top_left: [{ type: "clock" }], top_right: [{ type: "weather" }], middle: [] });
});
