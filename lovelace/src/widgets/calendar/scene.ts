import type { Scene } from "../../../dev/scene.ts";

export default {
  calendar_page: (house) => house.showState({ page: "calendar", pages: ["home", "calendar", "clock"] }),
} satisfies Record<string, Scene>;
