import Ajv from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import schema from "../../docs/protocol/v2.json" with { type: "json" };
import { event, House, hand, state, view } from "../dev/house.ts";
import { scenes } from "../dev/scenes.ts";
import { todos } from "../dev/today.ts";

const ajv = new Ajv({ strict: false });
ajv.addSchema(schema, "mira");
const valid = (type: string, value: unknown) => {
  const validate = ajv.getSchema(`mira#/$defs/${type}`);
  return validate?.(value) ? [] : (validate?.errors ?? [`no ${type} in the protocol`]);
};

/** What the display does not read, and therefore not in its own types. */
const unread = { gesture: null, gestures_seen: {}, utterance: null };

test.each(Object.entries(scenes))(
  "the scene %s shows a state and events of the protocol",
  async (_name, scene) => {
    const told: unknown[] = [];
    const house = new House({ ...view, state: { ...state, todos } });
    house.tell = (event) => told.push(event);
    const seen: unknown[] = [];
    house.wave = (...hands) => seen.push({ ts: "2026-11-20T12:00:00.000Z", hands: hands.map(hand) });
    await scene(house);
    if (house.view.state) expect(valid("State", { ...house.view.state, ...unread })).toEqual([]);
    for (const event of told) expect(valid("Event", event)).toEqual([]);
    for (const live of seen) expect(valid("Live", live)).toEqual([]);
    for (const device of Object.values(house.view.devices)) expect(valid("Device", device)).toEqual([]);
  },
);

test("what is not of the protocol would be found", () => {
  expect(valid("State", { ...state, ...unread, camera: { on: "yes" } })).not.toEqual([]);
  expect(valid("Event", event({ type: "done" as "accepted", action: "gesture" }))).not.toEqual([]);
});
