import { loaded, type Scene } from "../../../dev/scene.ts";

export default {
  example: (house) => {
    house.showState({ page: "example", pages: ["home", "example"], parts: { example: { total: 7 } } });
    return loaded("mira-example");
  },
} satisfies Record<string, Scene>;
