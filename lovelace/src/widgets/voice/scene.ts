import { event, type House, question } from "../../../dev/house.ts";
import { appear, type Scene } from "../../../dev/scene.ts";
import { minutes, todos } from "../../../dev/today.ts";
import type { Voice, VoiceTimer } from "../../homeassistant.ts";
import type { Stage } from "../../model/stage.ts";

const HEARD = "Is it going to rain this afternoon?";
const SHORT = "No, it stays dry until nine.";
const LONG =
  "It stays dry until nine in the evening, with eleven degrees and a light wind from the west. During the night a " +
  "front brings rain, a Donaudampfschifffahrtsgesellschaftskapitänsmütze would not be enough, and tomorrow morning " +
  "you should take the umbrella, since it rains until noon and is colder than today by about four degrees.";

/** A turn of the mirror at this stage, with what is said in it. */
async function talk(house: House, stage: Stage, words: Partial<Voice> = {}): Promise<void> {
  const speech = stage === "speaking" ? { id: "speech" } : null;
  house.talk({ turn: { id: "turn", stage }, speech }, { turn: "turn", stage, ...words });
  await appear("voice");
}

/** What is left of a turn that is over. */
async function over(house: House, words: Partial<Voice>): Promise<void> {
  await talk(house, "listening");
  house.talk({}, { turn: "turn", ...words });
}

function timer(fields: Partial<VoiceTimer>): VoiceTimer {
  const span = { started_at: minutes(-1), ends_at: minutes(4.2) };
  return { id: "noodles", name: "Noodles", paused_left_s: null, done: false, ...span, ...fields };
}

const timers = [
  timer({ id: "tea", name: null, ends_at: minutes(74) }),
  timer({}),
  timer({ id: "bread", name: "Sourdough bread with walnuts", paused_left_s: 1_830 }),
];
const done = timer({ id: "eggs", name: "Eggs", ends_at: minutes(0), done: true });

/** Of those that are kept as pictures. */
export const captions = {
  voice_listening: "The mirror listens",
  voice_thinking: "It has heard something, and thinks",
  voice_reply: "It answers",
  voice_error: "It cannot answer, and says why",
  voice_timers: "Timers that were set by voice",
  voice_timer_done: "A timer that rings",
};

export default {
  voice_listening: (house) => talk(house, "listening"),
  voice_thinking: (house) => talk(house, "thinking", { heard: HEARD }),
  voice_reply: (house) => talk(house, "speaking", { heard: HEARD, reply: SHORT }),
  voice_reply_long: (house) => talk(house, "speaking", { heard: `${HEARD} ${HEARD} ${HEARD}`, reply: LONG }),
  voice_announcement: (house) => {
    house.talk({ speech: { id: "speech" } }, { stage: "speaking", reply: "Dinner is ready." });
    return appear("voice");
  },
  voice_just_said: (house) => over(house, { heard: HEARD, reply: SHORT }),
  voice_error: (house) => over(house, { error: "validation_error" }),
  voice_undo: (house) => {
    const change = { command_id: "milk", source: "voice", touches: ["todo:2"], payload: {} } as const;
    const undoable = [{ ...change, touches: [...change.touches], action: "add_todo" }];
    house.showState({ todos, undoable });
    house.tell(event({ type: "accepted", action: "add_todo", source: "voice", command_id: "milk" }));
    return talk(house, "speaking", { heard: "Put milk on my list, please", reply: "Milk is on the list." });
  },
  voice_question: (house) => {
    house.showState({ pending: question({ source: "voice" }) });
    return talk(house, "speaking", { heard: "Turn the camera on", reply: "Shall I turn the camera on?" });
  },
  voice_message: (house) => {
    const span = { at: minutes(0), until: minutes(5) };
    house.showState({ page: "todos", message: { title: "Laundry", text: "Done", ...span } });
    return talk(house, "speaking", { heard: HEARD, reply: LONG });
  },
  voice_message_with_picture: (house) => {
    const buttons = [{ id: "open", label: "Open" }];
    const message = {
      title: "Front door",
      text: "Somebody is at the door",
      picture: "camera.door",
      id: "door",
      buttons,
    };
    house.showState({ message: { ...message, at: minutes(0), until: minutes(5) } });
    return talk(house, "speaking", { heard: HEARD, reply: SHORT });
  },
  voice_on_the_clock: (house) => {
    house.showState({ page: "clock" });
    return talk(house, "speaking", { heard: HEARD, reply: LONG });
  },
  voice_guest: (house) => {
    house.show({ display: { ...house.view.display, guest: true } });
    house.showState({ access: { pin_set: true } });
    return talk(house, "listening", { heard: "Where is the key?", timers });
  },
  voice_timers: (house) => {
    house.talk({}, { timers });
    return appear("timer");
  },
  voice_timer_done: (house) => {
    house.talk({}, { timers: [...timers, done] });
    return appear("timer");
  },
  voice_everything: (house) => {
    const words = { heard: HEARD, reply: LONG, timers: [...timers, done] };
    return talk(house, "speaking", words);
  },
} satisfies Record<string, Scene>;
