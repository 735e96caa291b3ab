import { appear, find, type Scene } from "../../../dev/scene.ts";
import { morning } from "../../../dev/today.ts";

/** Of those that are kept as pictures. */
export const captions = {
  log: "The log: what was decided, and why",
};

export default {
  log: (house) => {
    house.log = [...morning(), ...morning(), ...morning()];
    house.log.forEach((told, index) => {
      told.seq = 1_000 - index;
    });
    house.showState({ page: "log", pages: ["home", "todos", "clock", "log"] });
    return appear("log-entry");
  },
  log_empty: (house) => {
    house.showState({ page: "log", pages: ["home", "log"] });
    return appear("log-empty");
  },
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
} satisfies Record<string, Scene>;
