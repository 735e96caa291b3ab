import type { HomeAssistant } from "../../homeassistant.ts";
import { spoken } from "../../model/log.ts";

/** What a household calls a window: as Home Assistant's device of it; where there is none, its id in words. */
export function nameOf({ devices = {} }: Pick<HomeAssistant, "devices">, id: string, mirror: string): string {
  const known = Object.values(devices).find((device) =>
    device.identifiers?.some(([domain, own]) => domain === "mira" && own === `${mirror}_window_${id}`),
  );
  const words = spoken(id);
  return known?.name_by_user ?? known?.name ?? words.charAt(0).toLocaleUpperCase() + words.slice(1);
}
