/** Which mirrors Home Assistant has, from what its frontend knows. */
import type { HomeAssistant, RegisteredEntity } from "../homeassistant.ts";

export interface KnownMirror {
  deviceId: string;
  entryId: string;
  name: string;
}

type Registries = Pick<HomeAssistant, "devices" | "entities">;

/** The mirror to which an entity belongs; null where it is no mirror's. */
export function mirrorOfEntity({ devices = {}, entities = {} }: Registries, id: string): KnownMirror | null {
  const entity = entities[id];
  const device = entity?.platform === "mira" ? devices[entity.device_id ?? ""] : undefined;
  const entryId = device?.primary_config_entry ?? device?.config_entries?.[0];
  if (!device || !entryId) return null;
  return { deviceId: device.id, entryId, name: device.name_by_user || device.name || "Mira" };
}

/** The entities of the mirror with this device, without those that are hidden, by id. */
export function entitiesOf({ entities = {} }: Registries, deviceId: string): string[] {
  const own = ([, entity]: [string, RegisteredEntity]) =>
    entity.platform === "mira" && entity.device_id === deviceId && !entity.hidden;
  return Object.entries(entities)
    .filter(own)
    .map(([id]) => id)
    .sort();
}

/** All mirrors, by name. */
export function mirrorsOf(hass: Registries): KnownMirror[] {
  const found = new Map<string, KnownMirror>();
  for (const id of Object.keys(hass.entities ?? {})) {
    const mirror = mirrorOfEntity(hass, id);
    if (mirror) found.set(mirror.deviceId, mirror);
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** The mirror of this device, or the only one where none is named; null where there is none, or not just one. */
export function mirrorOf(hass: Registries, deviceId: string | undefined): KnownMirror | null {
  const mirrors = mirrorsOf(hass);
  if (!deviceId && mirrors.length > 1) return null;
  return mirrors.find((mirror) => mirror.deviceId === (deviceId || mirror.deviceId)) ?? null;
}
