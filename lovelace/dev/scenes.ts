/** What the display can look like: each scene changes a house that shows a usual morning. */
import type { TodoItem } from "../src/protocol.ts";
import { event, type House } from "./house.ts";

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

const long =
  "Ask the landlord whether the heating in the bathroom can be turned on before half past five in the morning, " +
  "and whether Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen are allowed";

const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString();
const gesture = (name: string, confidence: number) =>
  event({ type: "accepted", action: "gesture", payload: { name, hold_ms: 500 }, confidence });

export const scenes: Record<string, (house: House) => void> = {
  home: () => undefined,
  few: (house) => house.showState({ todos: todos.slice(0, 3) }),
  todos: (house) => house.showState({ page: "todos" }),
  clock: (house) => house.showState({ page: "clock" }),
  unknown_page: (house) =>
    house.showState({
      page: "weather in the mountains",
      pages: ["home", "weather in the mountains", "clock"],
    }),
  empty: (house) => house.showState({ todos: [] }),
  all_done: (house) => house.showState({ todos: todos.map((todo) => ({ ...todo, status: "completed" })) }),
  empty_todos: (house) => house.showState({ page: "todos", todos: [] }),
  gesture: (house) => house.tell(gesture("palm", 0.93)),
  swipe: (house) => {
    house.showState({ page: "todos" });
    house.tell(gesture("swipe_right", 0.88));
  },
  refusal: (house) => {
    house.showState({ camera: { on: false } });
    house.show({ devices: { ...house.view.devices, camera: { capture: "closed" } } });
    house.tell(
      event({ type: "rejected", action: "gesture", payload: { name: "palm" }, reason: "camera_off" }),
    );
  },
  not_sure: (house) => {
    house.tell(gesture("victory", 0.91));
    house.tell(
      event({
        type: "rejected",
        action: "gesture",
        payload: { name: "thumb_up" },
        reason: "low_confidence",
        confidence: 0.62,
      }),
    );
  },
  long_refusal: (house) =>
    house.tell(
      event({
        type: "rejected",
        action: "add_todo",
        source: "voice",
        reason: "some_new_reason",
        message: "The guest list takes no todos between ten at night and six in the morning.",
      }),
    ),
  message: (house) =>
    house.showState({
      message: {
        title: "Laundry",
        text: "The washing machine is done.\nPlease hang up the shirts first.",
        at: minutes(0),
        until: minutes(5),
      },
    }),
  long_message: (house) =>
    house.showState({
      message: { title: null, text: `${long}. `.repeat(3).slice(0, 500), at: minutes(0), until: minutes(5) },
    }),
  camera_failed: (house) =>
    house.show({
      devices: {
        ...house.view.devices,
        camera: {
          capture: "failed",
          error: "No picture from http://camera.local/stream for 10 s. Is the camera on?",
        },
      },
    }),
  camera_starting: (house) =>
    house.show({ devices: { ...house.view.devices, camera: { capture: "opening" } } }),
  still_open: (house) => house.showState({ camera: { on: false }, microphone: { on: false } }),
  home_assistant_lost: (house) => house.disconnect(),
  mirror_lost: (house) => house.show({ connected: false }),
  never_connected: (house) => house.show({ connected: false, state: null, devices: {} }),
  problem: (house) =>
    house.show({
      problem: {
        code: "disk_full",
        message: "The disk of the mirror is full, so it cannot store decisions. Free some space on /data.",
      },
    }),
  not_set_up: (house) => {
    house.refuse = { code: "not_found", message: "No mirror" };
  },
  long_texts: (house) =>
    house.showState({
      todos: todos.slice(0, 8).map((todo) => ({ ...todo, summary: `${todo.summary}: ${long}` })),
    }),
  long_todos: (house) =>
    house.showState({
      page: "todos",
      todos: todos.map((todo, index) =>
        index % 3 ? todo : { ...todo, summary: `${todo.summary}: ${long}` },
      ),
    }),
};
