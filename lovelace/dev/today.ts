/** What is to do in the house of the scenes, and what its mirror decided this morning. */
import type { MiraEvent, TodoItem } from "../src/protocol.ts";
import { event } from "./house.ts";

const day = (distance: number) => new Date(Date.now() + distance * 86_400_000).toISOString().slice(0, 10);

export const todos: TodoItem[] = [
  { uid: "1", summary: "Water the plants", due: day(-1) },
  { uid: "2", summary: "Buy milk" },
  { uid: "3", summary: "Call the dentist", due: day(0) },
  { uid: "4", summary: "Pack the bag for the weekend", due: `${day(1)}T18:00:00+01:00` },
  { uid: "5", summary: "Bring back the library books", due: day(4) },
  { uid: "6", summary: "Renew the passport", due: day(60) },
  { uid: "7", summary: "Repair the bicycle" },
  {
    uid: "8",
    summary: "Pay the electricity bill",
    status: "completed",
    completed: "2026-11-20T08:00:00.000Z",
  },
  { uid: "9", summary: "Order coffee" },
  { uid: "10", summary: "Write to grandmother" },
  { uid: "11", summary: "Change the bed linen", status: "completed" },
  { uid: "12", summary: "Look for the blue screwdriver" },
  { uid: "13", summary: "Book the train" },
  { uid: "14", summary: "Vote" },
];

/** More than anybody should write. */
export const long =
  "Ask the landlord whether the heating in the bathroom can be turned on before half past five in the morning, " +
  "and whether Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen are allowed";

/** In so many minutes. */
export const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString();

/** A morning at the mirror, newest first. */
export function morning(): MiraEvent[] {
  const command = { action: "set_camera", payload: { on: true } };
  const told: Parameters<typeof event>[0][] = [
    { type: "accepted", source: "system", action: "set_pages" },
    {
      type: "accepted",
      source: "automation",
      action: "show_message",
      payload: { text: "The laundry is done" },
    },
    {
      type: "rejected",
      source: "gesture",
      action: "gesture",
      payload: { name: "palm" },
      reason: "camera_off",
    },
    {
      type: "accepted",
      source: "voice",
      action: "add_todo",
      payload: { summary: "Buy milk" },
      confidence: 0.87,
    },
    { type: "accepted", source: "touch", ...command, payload: { ...command.payload, outcome: "pending" } },
    {
      type: "accepted",
      source: "touch",
      action: "confirm",
      payload: { confirmed: "c", asked: "set_camera" },
    },
    {
      type: "accepted",
      source: "gesture",
      action: "gesture",
      payload: { name: "swipe_left" },
      confidence: 0.91,
    },
    {
      type: "rejected",
      source: "gesture",
      action: "gesture",
      payload: { name: "thumb_up" },
      reason: "low_confidence",
      confidence: 0.62,
    },
    {
      type: "accepted",
      source: "touch",
      action: "set_camera",
      payload: { on: false },
      command_id: "command-of-touch",
    },
    {
      type: "rejected",
      source: "automation",
      ...command,
      reason: "superseded",
      values: { source: "touch", command_id: "command-of-touch" },
      looked: ["validation", "rate", "expiry", "access", "superseded"],
    },
    { type: "accepted", source: "touch", action: "update_todo", payload: { uid: "2", status: "completed" } },
  ];
  const ago = (index: number) => new Date(Date.now() - (told.length - index) * 97_000).toISOString();
  return told.map((fields, index) => event({ ts: ago(index), ...fields })).reverse();
}
