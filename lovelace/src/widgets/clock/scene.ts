import type { Scene } from "../../../dev/scene.ts";

/** Of those that are kept as pictures. */
export const captions = {
  clock: "The time alone",
};

export default {
  clock: (house) => house.showState({ page: "clock" }),
} satisfies Record<string, Scene>;
