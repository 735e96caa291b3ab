/** What the whole glass can look like; the scenes of a widget are in its folder. */
import { event, question } from "./house.ts";
import { appear, loaded, type Scene, tap } from "./scene.ts";
import { long, minutes, todos } from "./today.ts";

const now = { at: minutes(0), until: minutes(5) };
const buttons = [
  { id: "now", label: "Now" },
  { id: "later", label: "In an hour" },
  { id: "dryer", label: "Start the dryer" },
];
const gesture = (name: string, confidence: number) =>
  event({ type: "accepted", action: "gesture", payload: { name, hold_ms: 500 }, confidence });

const ATTIC = { entry_id: "attic", id: "attic", name: "The attic's", loaded: false };

/** Scenes in which no mirror was ever shown. */
export const UNKNOWN = ["not_set_up", "which_mirror", "not_loaded"];

/** Of those that are kept as pictures. */
export const captions = {
  home: "Home: clock, calendar, weather, people, todos, music, a hint",
  hold: "A pose that is held fills its ring",
  pointing: "A finger chooses a todo",
  refusal: "A refusal says why",
  undo: "What was done can be taken back",
  question: "The mirror asks back, and counts down",
  pin_pad: "The PIN",
  message_picture_and_buttons: "A message with a picture and buttons",
  teaching: "A gesture is being taught",
  guest: "What guests see",
  night: "The colours of the night",
  camera_no_signal: "A camera that sends nothing",
  mirror_lost: "The sidecar is away",
  home_assistant_lost: "Home Assistant is away",
};

const whole: Record<string, Scene> = {
  home: () => undefined,
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
    house.show({ devices: { ...house.view.devices, camera: { kind: "camera", capture: "closed" } } });
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
    house.show({ devices: { ...house.view.devices, camera: { kind: "camera", capture: "closed" } } });
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
    await whole.pin_pad_empty?.(house);
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
          kind: "camera",
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
          kind: "camera",
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
    house.show({
      devices: { ...house.view.devices, camera: { kind: "camera", capture: "open", filming: true } },
    }),
  camera_starting: (house) =>
    house.show({ devices: { ...house.view.devices, camera: { kind: "camera", capture: "opening" } } }),
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
  bare: (house) => {
    for (const entity_id of Object.keys(house.states)) house.set(entity_id, null);
  },
  far_away: (house) => house.show({ display: { version: 1, size: { diagonal: 24, distance: 2.5 } } }),
  very_large: (house) => house.show({ display: { version: 1, size: { diagonal: 55, distance: 2 } } }),
};

const ofWidgets = import.meta.glob<Record<string, Scene>>("../src/widgets/*/scene.ts", {
  eager: true,
  import: "default",
});

export const scenes: Record<string, Scene> = Object.assign({}, whole, ...Object.values(ofWidgets));
