import type { House } from "../../../dev/house.ts";
import { settled } from "../../../dev/household.ts";
import { appear, type Scene } from "../../../dev/scene.ts";

async function hung(house: House): Promise<void> {
  const layout = { ...settled, bottom_right: [{ type: "microphone" }] };
  house.show({ display: { version: 1, pages: { home: layout } } });
  await appear("levels");
}

/** Of those that are kept as pictures. */
export const captions = {
  microphone: "How loud it is where the mirror hears, and how loud while nobody speaks",
};

export default {
  microphone: async (house) => {
    await hung(house);
    house.sound({ microphone: [-31.4, -62] });
    await appear("level");
  },
  microphone_off: (house) => {
    house.showState({ microphone: { on: false } });
    return hung(house);
  },
} satisfies Record<string, Scene>;
