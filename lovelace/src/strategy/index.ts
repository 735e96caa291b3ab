/** The elements by which Home Assistant knows Mira's strategies: what they make is loaded when it is made. */
import { nameOf, pageLanguage } from "../cards/names.ts";
import type { HomeAssistant } from "../homeassistant.ts";
import type { StrategyConfig } from "./dashboard.ts";

/** Made anew when one of these changes: a mirror that is added gets its page without a reload. */
const REGISTRIES = ["devices", "entities"];

export const dashboardStrategy = class extends HTMLElement {
  static get registryDependencies() {
    return REGISTRIES;
  }

  static async generate(config: StrategyConfig, hass: HomeAssistant): Promise<object> {
    return (await import("./dashboard.ts")).dashboardOf(config, hass);
  }

  static async getConfigElement(): Promise<HTMLElement> {
    return (await import("./editor.ts")).strategyEditor(pageLanguage());
  }

  static getCreateSuggestions(): object {
    return { title: nameOf("title"), icon: "mdi:mirror" };
  }
};

export const viewStrategy = class extends HTMLElement {
  static get registryDependencies() {
    return REGISTRIES;
  }

  static async generate(
    config: StrategyConfig & { device_id?: string },
    hass: HomeAssistant,
  ): Promise<object> {
    return (await import("./dashboard.ts")).viewFor(config, hass);
  }
};
