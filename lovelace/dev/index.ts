/** Shows one scene: /?scene=refusal&lang=de&admin; without a scene, a list of all. */
import type { MiraPanel } from "../src/panel.ts";
import { House, state, view } from "./house.ts";
import { scenes, todos } from "./scenes.ts";

const query = new URLSearchParams(location.search);
const scene = scenes[query.get("scene") ?? ""];

if (scene) {
  const language = query.get("lang") ?? "en";
  document.dir = query.get("dir") ?? "ltr";
  const house = new House({ ...view, state: { ...state, todos } });
  if (house.view && query.get("scene") === "not_set_up") scene(house);
  await customElements.whenDefined("mira-panel");
  const panel = document.createElement("mira-panel") as MiraPanel;
  panel.hass = house.hass({
    language,
    locale: { language, time_format: "language", time_zone: "local" },
    user: { is_admin: query.has("admin") },
  });
  document.body.append(panel);
  await panel.updateComplete;
  // What the panel loads after its first view: a scene needs it at once.
  const later = ["mira-message-more", "mira-notices", "mira-pin-pad", "mira-question"];
  await Promise.all(later.map((name) => customElements.whenDefined(name)));
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
