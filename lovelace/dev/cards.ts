/** A dashboard of Mira's cards as Home Assistant would show it: /?cards=light, /?cards=dark. */
import type { CardConfig } from "../src/cards/card.ts";
import type { HomeAssistant } from "../src/homeassistant.ts";
import type { House } from "./house.ts";

/** Home Assistant's own themes, so far as the cards use them. */
const THEMES: Record<string, Record<string, string>> = {
  light: {
    "primary-background-color": "#fafafa",
    "secondary-background-color": "#e5e5e5",
    "card-background-color": "#fff",
    "primary-color": "#009ac7",
    "text-primary-color": "#fff",
    "primary-text-color": "#141414",
    "secondary-text-color": "#5e5e5e",
    "disabled-color": "#bdbdbd",
    "divider-color": "#0000001f",
    "outline-color": "#0000001f",
  },
  dark: {
    "primary-background-color": "#111",
    "secondary-background-color": "#282828",
    "card-background-color": "#1c1c1c",
    "primary-color": "#009ac7",
    "text-primary-color": "#fff",
    "primary-text-color": "#e1e1e1",
    "secondary-text-color": "#9b9b9b",
    "disabled-color": "#464646",
    "divider-color": "#e1e1e11f",
    "outline-color": "#e1e1e11f",
  },
};

const CARDS: CardConfig[] = ["mirror", "todo", "privacy", "gesture", "log"].map((name) => ({
  type: `mira-${name}-card`,
}));

const registries: Pick<HomeAssistant, "devices" | "entities"> = {
  devices: { hall: { id: "hall", name: "Hall", primary_config_entry: "entry" } },
  entities: { "todo.hall": { entity_id: "todo.hall", device_id: "hall", platform: "mira" } },
};

type Card = HTMLElement & { hass: HomeAssistant; setConfig(config: CardConfig): void };

/** Shows two columns of cards, which follow this mirror. */
export async function showDashboard(
  theme: string,
  house: House,
  fields: Partial<HomeAssistant>,
): Promise<void> {
  const script = Object.assign(document.createElement("script"), { type: "module", src: "dashboard.js" });
  document.head.append(script);
  await Promise.all(CARDS.map(({ type }) => customElements.whenDefined(type)));
  document.documentElement.style.cssText = Object.entries(THEMES[theme] ?? {})
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join("");
  const board = document.createElement("main");
  const style = document.createElement("style");
  style.textContent = `
    body { background: var(--primary-background-color); font-family: Roboto, sans-serif; }
    main { columns: 2; column-gap: 16px; padding: 16px; }
    main > * { break-inside: avoid; margin-block-end: 16px; }
  `;
  board.append(style);
  for (const config of CARDS) {
    const card = document.createElement(config.type) as Card;
    card.setConfig(config);
    card.hass = house.hass({ ...registries, ...fields });
    board.append(card);
  }
  document.body.append(board);
  // Each is loaded when it is first drawn.
  while (CARDS.some(({ type }) => !board.querySelector(type)?.firstElementChild)) {
    await new Promise(requestAnimationFrame);
  }
  await shownGlass(board);
}

/** The display on the mirror's card is a page of its own: what it shows is loaded after it. */
async function shownGlass(board: HTMLElement): Promise<void> {
  const frame = () => {
    const card = board.querySelector("mira-mirror")?.shadowRoot;
    return card?.querySelector("mira-preview")?.shadowRoot?.querySelector("iframe")?.contentDocument;
  };
  const shown = () => {
    const panel = frame()?.querySelector("mira-panel")?.shadowRoot;
    const widgets = ["mira-todos", "mira-weather", "mira-calendar"];
    return widgets.every((name) => panel?.querySelector(name)?.shadowRoot?.querySelector("*"));
  };
  while (!shown()) await new Promise(requestAnimationFrame);
  for (let drawn = 0; drawn < 10; drawn += 1) await new Promise(requestAnimationFrame);
}

/** What Home Assistant has for all cards. */
class HaCard extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" }).innerHTML = `
      <style>
        :host {
          display: block; box-sizing: border-box; color: var(--primary-text-color);
          background: var(--card-background-color); border: 1px solid var(--divider-color); border-radius: 12px;
        }
      </style>
      <slot></slot>`;
  }
}
customElements.define("ha-card", HaCard);
