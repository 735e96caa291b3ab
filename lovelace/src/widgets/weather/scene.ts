import type { Scene } from "../../../dev/scene.ts";

export default {
  weather_page: (house) => house.showState({ page: "weather", pages: ["home", "weather", "clock"] }),
} satisfies Record<string, Scene>;
