import type { HomeAssistant } from "../homeassistant.ts";
import type { CardConfig, LoadedCard } from "./card.ts";
import type { CardEntry, Grid } from "./index.ts";
import { nameOf, pageLanguage } from "./names.ts";

/** What is tried again after this: a server that restarts is back then. */
const RETRY_MS = 10_000;

/** The element that dashboards know by a card's name: it loads the card when it is first drawn, and draws it inside itself. */
export function shell({ load, grid }: CardEntry): CustomElementConstructor {
  let loaded: LoadedCard | null = null;

  async function loadCard(): Promise<LoadedCard> {
    loaded ??= await (await load()).default(pageLanguage());
    return loaded;
  }

  return class extends HTMLElement {
    #config: CardConfig | undefined;
    #hass: HomeAssistant | undefined;
    #card: ReturnType<LoadedCard["create"]> | undefined;

    static async getConfigForm() {
      return (await loadCard()).form;
    }

    static async getStubConfig(hass: HomeAssistant) {
      return (await loadCard()).stub(hass);
    }

    connectedCallback(): void {
      if (!this.#card) void this.#load();
    }

    /** Throws a sentence, which Home Assistant shows in place of the card. */
    setConfig(config: CardConfig): void {
      loaded?.check(config);
      this.#config = config;
      if (loaded) this.#draw(loaded, config);
    }

    set hass(hass: HomeAssistant) {
      this.#hass = hass;
      if (this.#card) this.#card.hass = hass;
    }

    getCardSize(): number {
      return 4;
    }

    getGridOptions(): Grid {
      return grid;
    }

    async #load(): Promise<void> {
      try {
        const card = await loadCard();
        if (this.#config) this.#draw(card, this.#config);
      } catch {
        this.textContent = nameOf("missing");
        setTimeout(() => this.isConnected && this.connectedCallback(), RETRY_MS);
      }
    }

    #draw(card: LoadedCard, config: CardConfig): void {
      if (!this.#card && !isTaken(card, config)) {
        // Home Assistant makes the card anew, and is told then what is wrong.
        this.dispatchEvent(new Event("ll-rebuild", { bubbles: true, composed: true }));
        return;
      }
      this.style.display = "block";
      const drawn = this.#card ?? card.create();
      drawn.config = config;
      if (this.#hass) drawn.hass = this.#hass;
      if (!this.#card) this.replaceChildren(drawn);
      this.#card = drawn;
    }
  };
}

function isTaken(card: LoadedCard, config: CardConfig): boolean {
  try {
    card.check(config);
    return true;
  } catch {
    return false;
  }
}
