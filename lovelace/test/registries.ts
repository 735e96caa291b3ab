/** Two mirrors and another device, as Home Assistant's frontend knows them. */
import type { HomeAssistant } from "../src/homeassistant.ts";

const entity = (entity_id: string, device_id: string, platform = "mira") => ({
  entity_id,
  device_id,
  platform,
});

export const registries: Required<Pick<HomeAssistant, "devices" | "entities">> = {
  devices: {
    hall: { id: "hall", name: "Hall", name_by_user: null, primary_config_entry: "entry" },
    bath: { id: "bath", name: "Mirror", name_by_user: "Bath", config_entries: ["entry-bath"] },
    lamp: { id: "lamp", name: "Lamp", primary_config_entry: "entry-lamp" },
  },
  entities: {
    "todo.hall": entity("todo.hall", "hall"),
    "switch.hall_camera": entity("switch.hall_camera", "hall"),
    "number.hall_hold": entity("number.hall_hold", "hall"),
    "lock.hall_pin": entity("lock.hall_pin", "hall"),
    "todo.bath": entity("todo.bath", "bath"),
    "light.lamp": entity("light.lamp", "lamp", "hue"),
    "sensor.homeless": { entity_id: "sensor.homeless", platform: "mira" },
  },
};
