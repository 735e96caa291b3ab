/** Shows one scene: /?scene=refusal&lang=de&admin; or the cards: /?cards=dark; without either, a list of all. */
import type { HomeAssistant } from "../src/homeassistant.ts";
import { layoutOf } from "../src/model/settings.ts";
import type { MiraPanel } from "../src/panel.ts";
import { showDashboard } from "./cards.ts";
import { House, state, view } from "./house.ts";
import { household } from "./household.ts";
import { appear } from "./scene.ts";
import { scenes, UNKNOWN } from "./scenes.ts";
import { morning, todos } from "./today.ts";

const query = new URLSearchParams(location.search);
const scene = scenes[query.get("scene") ?? ""];
const cards = query.get("cards");
const language = query.get("lang") ?? "en";
const locale = { language, time_format: "language", time_zone: "local" } as const;

if (cards) {
  const house = new House({ ...view, state: { ...state, todos } });
  house.log = morning();
  house.states = Object.fromEntries(household.map((entity) => [entity.entity_id, entity]));
  await showDashboard(cards, house, { language, locale });
  Object.assign(window, { house });
} else if (scene) {
  document.dir = query.get("dir") ?? "ltr";
  const house = new House({
    ...view,
    display: { comfort: { pixel_shift: false } }, // two pictures of a scene are the same
    state: { ...state, todos },
  });
  if (UNKNOWN.includes(query.get("scene") ?? "")) scene(house);
  house.states = Object.fromEntries(household.map((entity) => [entity.entity_id, entity]));
  await customElements.whenDefined("mira-panel");
  const panel = document.createElement("mira-panel") as MiraPanel;
  panel.hass = house.hass({
    language,
    locale,
    user: { is_admin: query.has("admin") },
  });
  house.changed = (fields) => {
    panel.hass = { ...(panel.hass as HomeAssistant), ...fields };
  };
  document.body.append(panel);
  await panel.updateComplete;
  // What is loaded after the first view, and for the page of home: a scene needs it at once.
  const home = house.refuse ? [] : Object.values(layoutOf("home", {}, new Map())).flat();
  const later = [
    "comfort",
    "guest",
    "message-more",
    "notices",
    "pin-pad",
    "question",
    ...home.map(({ type }) => type),
  ];
  await Promise.all(later.map((name) => customElements.whenDefined(`mira-${name}`)));
  // A finger points at what hangs where it will stay: events come last.
  if (home.length > 0) await appear("event");
  for (let frame = 0; frame < 5; frame += 1) await new Promise(requestAnimationFrame);
  await scene(house);
  Object.assign(window, { house, panel });
} else {
  const known = Object.keys(scenes).map((name) => `scene=${name}`);
  const list = [...known, "cards=light", "cards=dark"].map((what) => {
    const link = document.createElement("a");
    link.href = `?${what}`;
    link.textContent = what;
    const item = document.createElement("li");
    item.append(link);
    return item;
  });
  const all = document.createElement("ul");
  all.append(...list);
  document.body.append(all);
}
