import type { House } from "../../../dev/house.ts";
import { settled } from "../../../dev/household.ts";
import { appear, find, loaded, type Scene } from "../../../dev/scene.ts";

/** Opens the mirror's camera, before which a hand is held up. */
function watched(house: House): void {
  const picture = { width: 640, height: 480, mirrored: false };
  house.show({
    devices: {
      ...house.view.devices,
      camera: { kind: "camera", capture: "open", entity: "camera.hall", picture },
    },
  });
  house.stay({ pose: null, hold_ms: 0, x: 0.76, y: 0.52, size: 0.17 });
}

/** Gives the widget its picture, which nobody serves here. */
async function filmed(): Promise<void> {
  await appear("camera-picture");
  const picture = find("camera-picture", document) as HTMLImageElement | undefined;
  if (!picture) return;
  while (!picture.complete) await new Promise((drawn) => setTimeout(drawn, 20));
  picture.src = "/hall.svg";
}

/** Of those that are kept as pictures. */
export const captions = {
  camera: "A camera's picture, and the hand that the mirror sees in it",
  camera_page: "What the mirror sees, without a picture",
};

export default {
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
} satisfies Record<string, Scene>;
