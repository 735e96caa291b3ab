import { settled } from "../../../dev/household.ts";
import { loaded, type Scene } from "../../../dev/scene.ts";

export default {
  settled: (house) => {
    house.show({ display: { version: 1, pages: { home: settled } } });
    return loaded("mira-entities");
  },
} satisfies Record<string, Scene>;
