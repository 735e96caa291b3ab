/** What the display can look like: each scene changes a house that shows a usual morning. */
import type { Layout } from "../src/model/settings.ts";
import type { MiraEvent, TodoItem } from "../src/protocol.ts";
import { event, type House, question } from "./house.ts";

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
const now = { at: minutes(0), until: minutes(5) };
const buttons = [
  { id: "now", label: "Now" },
  { id: "later", label: "In an hour" },
  { id: "dryer", label: "Start the dryer" },
];
const gesture = (name: string, confidence: number) =>
  event({ type: "accepted", action: "gesture", payload: { name, hold_ms: 500 }, confidence });

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

/** Taps on these, one after the other, where there is a display. */
async function tap(...hooks: string[]): Promise<void> {
  for (const hook of hooks) {
    find(hook, document)?.click();
    await new Promise((drawn) => setTimeout(drawn, 20));
  }
}

/** Waits for a widget that no other page has, where there is a display. */
async function loaded(name: string): Promise<void> {
  if (document.querySelector("mira-panel")) await customElements.whenDefined(name);
}

/** Waits for what is loaded when it is needed. */
async function appear(hook: string, attribute = "data-test"): Promise<void> {
  for (let wait = 0; wait < 100 && !find(hook, document, attribute); wait += 1) {
    await new Promise((drawn) => setTimeout(drawn, 20));
  }
}

function find(hook: string, root: ParentNode, attribute = "data-test"): HTMLElement | undefined {
  const inside = [...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => shadowRoot ?? []);
  const here = root.querySelector<HTMLElement>(`[${attribute}="${hook}"]`);
  return here ?? inside.map((shadow) => find(hook, shadow, attribute)).find(Boolean);
}

/** Opens the mirror's camera, before which a hand is held up. */
function watched(house: House): void {
  const picture = { width: 640, height: 480, mirrored: false };
  house.show({
    devices: { ...house.view.devices, camera: { capture: "open", entity: "camera.hall", picture } },
  });
  house.stay({ pose: null, hold_ms: 0, x: 0.76, y: 0.52, size: 0.17 });
}

/** Gives the widget its picture, which nobody serves here. */
async function filmed(): Promise<void> {
  if (!document.querySelector("mira-panel")) return;
  await appear("camera-picture");
  const picture = find("camera-picture", document) as HTMLImageElement;
  while (!picture.complete) await new Promise((drawn) => setTimeout(drawn, 20));
  picture.src = "/hall.svg";
}

/** What a household may have chosen. */
const settled: Layout = {
  top_left: [
    { type: "clock", size: "small", date: false },
    {
      type: "entities",
      title: "Outside",
      entities: ["sensor.outside", "sensor.power", "binary_sensor.window"],
    },
  ],
  top_right: [{ type: "weather", forecast: "none" }],
  bottom_left: [{ type: "calendar", entities: ["calendar.family"], count: 2 }],
  bottom_right: [{ type: "people", entities: ["person.ben"] }],
  bottom_bar: [{ type: "hint", texts: ["The key lies below the mat."] }],
};

const ATTIC = { entry_id: "attic", id: "attic", name: "The attic's", loaded: false };

/** Scenes in which no mirror was ever shown. */
export const UNKNOWN = ["not_set_up", "which_mirror", "not_loaded"];

export const scenes: Record<string, (house: House) => void | Promise<void>> = {
  home: () => undefined,
  few: (house) => house.showState({ todos: todos.slice(0, 3) }),
  todos: (house) => house.showState({ page: "todos" }),
  clock: (house) => house.showState({ page: "clock" }),
  log: (house) => {
    house.log = [...morning(), ...morning(), ...morning()];
    house.log.forEach((told, index) => {
      told.seq = 1_000 - index;
    });
    house.showState({ page: "log", pages: ["home", "todos", "clock", "log"] });
  },
  log_empty: (house) => house.showState({ page: "log", pages: ["home", "log"] }),
  why: async (house) => {
    house.log = morning();
    const [, answer] = house.log;
    const other = { command_id: "command-of-touch", source: "touch", action: "set_camera" };
    house.explain = () => ({ answer, changed: [], before: [{ ...other, how: "lost to" }], led_to: [] });
    house.showState({ page: "log", pages: ["home", "log"] });
    await appear("log-entry");
    const entry = find("log", document)?.querySelectorAll<HTMLElement>("[data-outcome=refused]")[0];
    entry?.click();
  },
  guest: (house) => {
    house.show({ display: { ...house.view.display, guest: true } });
    house.showState({ access: { pin_set: true } });
  },
  night: (house) =>
    house.show({
      display: {
        comfort: { night: { from: "00:00", to: "23:59" }, at_night: "awake", night_colours: "red" },
      },
    }),
  dimmed: async (house) => {
    house.show({ display: { comfort: { dim_after: 0.01, pixel_shift: false } } });
    await appear("dim", "data-comfort");
  },
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
  hold: (house) => house.stay({ held_ms: 410 }),
  pointing: (house) => house.stay({ pose: "pointing_up", y: 0.45, held_ms: 410 }),
  pointing_far_down: (house) => {
    house.showState({ page: "todos" });
    house.stay({ pose: "pointing_up", x: 0.8, y: 0.7, held_ms: 100 });
  },
  hold_of_two: (house) =>
    house.stay({ pose: "thumb_up", x: 0.3, held_ms: 250, confidence: 0.88 }, { x: 0.7, held_ms: 520 }),
  hold_accepted: (house) => {
    house.tell(gesture("palm", 0.93));
    house.stay({ held_ms: 600 });
  },
  hold_refused: (house) => {
    const refused = { type: "rejected", action: "gesture", payload: { name: "palm" } } as const;
    house.tell(event({ ...refused, reason: "question_pending", confidence: 0.93 }));
    house.stay({ held_ms: 600 });
  },
  swiping: (house) => house.stay({ pose: null, hold_ms: 0, travel_x: -1.4, engaged: false }),
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
        reason: "the_guest_list_takes_no_todos_between_ten_at_night_and_six_in_the_morning",
      }),
    ),
  question: (house) => {
    house.showState({ camera: { on: false }, pending: question() });
    house.show({ devices: { ...house.view.devices, camera: { capture: "closed" } } });
  },
  question_watched: (house) => {
    const asked = {
      source: "voice",
      action: "clear_completed_todos",
      risks: ["clear_completed_todos"],
    } as const;
    house.showState({ pending: question({ ...asked, risks: [...asked.risks] }) });
    house.tell(gesture("victory", 0.91));
  },
  question_teach: (house) =>
    house.showState({
      pending: question({
        source: "automation",
        action: "teach_gesture",
        payload: { name: "greeting", kind: "pose", samples: 10 },
        risks: [],
      }),
    }),
  teaching: (house) => {
    const teaching = { name: "greeting", kind: "pose", samples: 10, taken: 3, command_id: "command-taught" };
    const taught = { ...teaching, until: minutes(2) };
    house.showState({ teaching: taught });
  },
  question_on_the_clock: (house) => house.showState({ page: "clock", pending: question() }),
  question_long: (house) => {
    const asked = {
      source: "automation",
      action: "add_todo",
      payload: { summary: long },
      risks: [],
    } as const;
    house.showState({
      pending: question({ ...asked, risks: [] }),
      message: {
        title: "Laundry",
        text: `${long}. `.repeat(3).slice(0, 500),
        at: minutes(0),
        until: minutes(5),
      },
    });
  },
  question_pending: (house) => {
    house.showState({ camera: { on: false }, page: "todos", pending: question() });
    const refused = { type: "rejected", action: "undo", source: "voice" } as const;
    house.tell(event({ ...refused, reason: "question_pending", payload: {} }));
  },
  pin_pad: async (house) => {
    await scenes.pin_pad_empty?.(house);
    return tap(...[..."24680"].map((digit) => `pin-${digit}`));
  },
  pin_pad_empty: (house) => {
    house.decide = async () => ({
      command_id: "command-refused",
      outcome: "rejected",
      reason: "pin_required",
    });
    house.showState({ camera: { on: false }, access: { pin_set: true } });
    return tap("camera");
  },
  pin_pad_blocked: (house) => {
    house.decide = async () => ({
      command_id: "command-refused",
      outcome: "rejected",
      reason: "pin_required",
    });
    house.showState({
      page: "clock",
      access: { pin_set: true, wrong_tries: 6, blocked_until: new Date(Date.now() + 28_000).toISOString() },
    });
    house.tell(
      event({ type: "rejected", action: "unlock", source: "touch", reason: "pin_blocked", ts: minutes(0) }),
    );
    return tap("microphone");
  },
  undo: (house) => {
    const undone = { command_id: "command-undo", source: "touch", touches: ["todo:1"], payload: {} } as const;
    const undoable = { ...undone, touches: [...undone.touches], action: "update_todo" };
    house.showState({ todos: todos.slice(1), undoable: [undoable] });
    house.tell(
      event({ type: "accepted", action: "update_todo", source: "touch", command_id: "command-undo" }),
    );
  },
  message: (house) =>
    house.showState({
      message: {
        title: "Laundry",
        text: "The washing machine is done.\nPlease hang up the shirts first.",
        at: minutes(0),
        until: minutes(5),
      },
    }),
  message_picture: (house) =>
    house.showState({
      message: { title: "Front door", text: "Somebody is at the door", ...now, picture: "camera.door" },
    }),
  message_buttons: (house) =>
    house.showState({
      message: {
        title: null,
        text: "The laundry is done. Hang it up now?",
        ...now,
        id: "command-laundry",
        buttons,
      },
    }),
  message_picture_and_buttons: (house) =>
    house.showState({
      message: {
        title: "Front door",
        text: "Somebody is at the door",
        ...now,
        id: "command-door",
        picture: "camera.door",
        buttons: [
          { id: "open", label: "Open" },
          { id: "wait", label: "One moment" },
        ],
      },
    }),
  message_of_everything: (house) =>
    house.showState({
      page: "todos",
      message: {
        title: "Front door",
        text: `${long}. `.repeat(3).slice(0, 500),
        ...now,
        id: "command-long",
        picture: "camera.door",
        buttons: buttons.map(({ id, label }) => ({
          id,
          label: `${label}, but only if it is dry`.slice(0, 40),
        })),
      },
    }),
  long_message_with_buttons: (house) =>
    house.showState({
      message: {
        title: null,
        text: `${long}. `.repeat(3).slice(0, 500),
        ...now,
        id: "command-l",
        picture: "camera.door",
        buttons,
      },
    }),
  message_on_the_clock: (house) =>
    house.showState({
      page: "clock",
      message: { title: null, text: "Somebody is at the door", ...now, picture: "camera.door" },
    }),
  message_lost_picture: (house) =>
    house.showState({
      message: { title: null, text: "Somebody is at the door", ...now, picture: "/local/gone.jpg" },
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
  camera_no_signal: (house) =>
    house.show({
      devices: {
        ...house.view.devices,
        camera: {
          capture: "no_signal",
          error: "The camera http://camera.local sent no picture for 5 s. Is it on, and the address right?",
        },
      },
    }),
  wrong_clock: (house) => {
    house.ahead = 4 * 60_000;
    house.show();
  },
  filming: (house) =>
    house.show({ devices: { ...house.view.devices, camera: { capture: "open", filming: true } } }),
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
  which_mirror: (house) => {
    house.refuse = { code: "ambiguous_mirror", message: "There are several mirrors" };
    house.mirrors = [...house.mirrors.slice(0, 2), ATTIC];
    return loaded("mira-choice");
  },
  not_loaded: (house) => {
    const translation_placeholders = { mirror: "Hall" };
    house.refuse = { code: "not_loaded", message: "Not loaded", translation_placeholders };
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
  bare: (house) => {
    for (const entity_id of Object.keys(house.states)) house.set(entity_id, null);
  },
  calendar_page: (house) => house.showState({ page: "calendar", pages: ["home", "calendar", "clock"] }),
  camera_page: (house) => {
    house.showState({ page: "camera", pages: ["home", "camera", "clock"] });
    watched(house);
    return loaded("mira-camera");
  },
  camera: (house) => {
    const entity = { type: "camera", entity: "camera.hall" };
    house.show({ display: { version: 1, pages: { home: { ...settled, bottom_right: [entity] } } } });
    watched(house);
    return filmed();
  },
  weather_page: (house) => house.showState({ page: "weather", pages: ["home", "weather", "clock"] }),
  settled: (house) => {
    house.show({ display: { version: 1, pages: { home: settled } } });
    return loaded("mira-entities");
  },
  far_away: (house) => house.show({ display: { version: 1, size: { diagonal: 24, distance: 2.5 } } }),
  very_large: (house) => house.show({ display: { version: 1, size: { diagonal: 55, distance: 2 } } }),
};
