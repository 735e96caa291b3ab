import { event, type House, question } from "../../../dev/house.ts";
import { appear, type Scene, tap } from "../../../dev/scene.ts";
import { minutes, todos } from "../../../dev/today.ts";
import type { Stage } from "../../model/stage.ts";
import type { Pictures } from "../../protocol.ts";
import type { Emotion } from "./face.ts";

const HEARD = "What is the day going to be like?";
const REPLY = "Fine! It stays dry until nine, and the afternoon is yours: there is nothing in your calendar.";

/** A persona answers at the mirror, and expresses this. */
async function answer(house: House, emotion: Emotion | null, pictures: Pictures = "drawn"): Promise<void> {
  house.express(emotion, { pictures });
  house.talk(
    { turn: { id: "turn", stage: "speaking" }, speech: { id: "speech" } },
    { turn: "turn", stage: "speaking", heard: HEARD, reply: REPLY },
  );
  await appear("face");
  if (pictures === "fluent") await appear("fluent", "data-pictures");
}

/** Somebody talks to a mirror whose persona has a face. */
async function turn(house: House, stage: Stage): Promise<void> {
  house.express(null, { open: false });
  house.talk(
    { turn: { id: "turn", stage } },
    { turn: "turn", stage, heard: stage === "thinking" ? HEARD : null },
  );
  await appear("face");
}

/** The mirror has a face although nobody talks to it. */
async function rest(house: House): Promise<void> {
  house.show({ display: { ...house.view.display, face: "always" } });
  house.express(null, { open: false });
  await appear("face");
}

/** Of those that are kept as pictures. */
export const captions = {
  face_turn: "A persona listens",
  face_reply: "It answers, and shows what it feels",
  face_fluent: "The same with the pictures of Fluent",
  face_always: "A face that is always there",
};

export default {
  face_turn: (house) => turn(house, "listening"),
  face_turn_thinking: (house) => turn(house, "thinking"),
  face_reply: (house) => answer(house, "happy"),
  face_fluent: (house) => answer(house, "happy", "fluent"),
  face_without_words: (house) => {
    house.show({ display: { ...house.view.display, guest: true } });
    house.showState({ access: { pin_set: true } });
    return answer(house, "joy");
  },
  face_always: rest,
  face_question: async (house) => {
    await answer(house, "curious");
    house.showState({ pending: question({ source: "voice" }) });
    await appear("question");
  },
  face_pin: async (house) => {
    await rest(house);
    house.decide = async () => ({ command_id: "refused", outcome: "rejected", reason: "pin_required" });
    house.showState({ camera: { on: false }, access: { pin_set: true } });
    await tap("camera");
  },
  face_message: async (house) => {
    house.showState({ message: { title: "Laundry", text: "Done", at: minutes(0), until: minutes(5) } });
    await answer(house, "happy");
  },
  face_on_todos: async (house) => {
    house.showState({ page: "todos" });
    await answer(house, "proud");
  },
  face_on_the_clock: async (house) => {
    house.showState({ page: "clock" });
    await answer(house, "laughing");
  },
  face_far_away: async (house) => {
    house.show({ display: { ...house.view.display, size: { diagonal: 24, distance: 2.5 } } });
    await answer(house, "sad");
  },
  face_always_and_notices: async (house) => {
    await rest(house);
    const change = { command_id: "milk", source: "voice", touches: ["todo:2"], payload: {} } as const;
    house.showState({ todos, undoable: [{ ...change, touches: [...change.touches], action: "add_todo" }] });
    house.tell(event({ type: "accepted", action: "add_todo", source: "voice", command_id: "milk" }));
    await appear("undo");
  },
} satisfies Record<string, Scene>;
