/**
 * What every dashboard of Home Assistant loads of Mira: the names of its cards and strategies. The rest is loaded
 * when a card or a dashboard of Mira is drawn, so what is imported here is imported nowhere else: build.mjs would make more files of it.
 */
import { CARDS } from "./cards/index.ts";
import { nameOf } from "./cards/names.ts";
import { shell } from "./cards/shell.ts";
import type { HomeAssistant } from "./homeassistant.ts";
import { dashboardStrategy, viewStrategy } from "./strategy/index.ts";

/** An entry of Home Assistant's card picker. It reads the names when it opens: then the language is known. */
function pickable(type: keyof typeof CARDS) {
  const domains: readonly string[] = CARDS[type].domains;
  return {
    type,
    get name() {
      return nameOf(type);
    },
    get description() {
      return nameOf(`${type}_description`);
    },
    preview: true,
    getEntitySuggestion({ entities = {} }: Pick<HomeAssistant, "entities">, id: string) {
      const entity = entities[id];
      const fits = entity?.platform === "mira" && domains.some((domain) => id.startsWith(`${domain}.`));
      return fits ? { config: { type: `custom:${type}`, device_id: entity.device_id } } : null;
    },
  };
}

const strategy = {
  type: "mira",
  strategyType: "dashboard",
  get name() {
    return nameOf("dashboard");
  },
  get description() {
    return nameOf("dashboard_description");
  },
};

const types = Object.keys(CARDS) as (keyof typeof CARDS)[];
const lists = window as { customCards?: { type: string }[]; customStrategies?: { type: string }[] };
lists.customCards ??= [];
lists.customCards.push(...types.map(pickable));
lists.customStrategies ??= [];
lists.customStrategies.push(strategy);

const elements: [string, CustomElementConstructor][] = [
  ...types.map((type): [string, CustomElementConstructor] => [type, shell(CARDS[type])]),
  ["ll-strategy-dashboard-mira", dashboardStrategy],
  ["ll-strategy-view-mira", viewStrategy],
];

function define(): void {
  for (const [name, element] of elements) if (!customElements.get(name)) customElements.define(name, element);
}

// Home Assistant replaces the registry while it starts: what is defined before is lost.
if (document.querySelector("home-assistant")) void customElements.whenDefined("home-assistant").then(define);
else define();
