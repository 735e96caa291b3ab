/** Shows one scene: /?scene=refusal&lang=de&admin; without a scene, a list of all. */
import type { HomeAssistant } from "../src/homeassistant.ts";
import type { MiraPanel } from "../src/panel.ts";
import { House, state, view } from "./house.ts";
import { household } from "./household.ts";
import { scenes, todos } from "./scenes.ts";

const query = new URLSearchParams(location.search);
const scene = scenes[query.get("scene") ?? ""];

if (scene) {
  const language = query.get("lang") ?? "en";
  document.dir = query.get("dir") ?? "ltr";
  const house = new House({
    ...view,
    display: { comfort: { pixel_shift: false } }, // two pictures of a scene are the same
    state: { ...state, todos },
  });
  if (house.view && query.get("scene") === "not_set_up") scene(house);
  house.states = Object.fromEntries(household.map((entity) => [entity.entity_id, entity]));
  await customElements.whenDefined("mira-panel");
  const panel = document.createElement("mira-panel") as MiraPanel;
  panel.hass = house.hass({
    language,
    locale: { language, time_format: "language", time_zone: "local" },
    user: { is_admin: query.has("admin") },
  });
  house.changed = (fields) => {
    panel.hass = { ...(panel.hass as HomeAssistant), ...fields };
  };
  document.body.append(panel);
  await panel.updateComplete;
  // What is loaded after the first view, and for the page of home: a scene needs it at once.
  const home = house.refuse ? [] : ["todos", "weather", "calendar", "people", "media", "hint"];
  const later = ["comfort", "guest", "message-more", "notices", "pin-pad", "question", ...home];
  await Promise.all(later.map((name) => customElements.whenDefined(`mira-${name}`)));
  await scene(house);
  Object.assign(window, { house, panel });
} else {
  const list = Object.keys(scenes).map((name) => {
    const link = document.createElement("a");
    link.href = `?scene=${name}`;
    link.textContent = name;
    const item = document.createElement("li");
    item.append(link);
    return item;
  });
  const all = document.createElement("ul");
  all.append(...list);
  document.body.append(all);
}
