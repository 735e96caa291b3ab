/** What the display uses of Home Assistant, and the messages of its integration. */
import type { Connection } from "home-assistant-js-websocket";
import type { Operation } from "./json-patch.ts";
import type { Settings } from "./model/settings.ts";
import type { Device, Live, MiraEvent, Problem, State } from "./protocol.ts";

/** A device in Home Assistant's registry. */
export interface RegisteredDevice {
  id: string;
  name: string | null;
  name_by_user?: string | null;
  config_entries?: string[];
  primary_config_entry?: string | null;
  identifiers?: [domain: string, id: string][];
}

/** An entity's state. */
export interface EntityState {
  entity_id: string;
  state: string;
  attributes: Record<string, unknown>;
  last_changed?: string;
}

/** An entity in Home Assistant's registry, as its frontend has it. */
export interface RegisteredEntity {
  entity_id: string;
  device_id?: string | null;
  hidden?: boolean;
  entity_category?: string | null;
  platform?: string;
}

export interface HomeAssistant {
  connection: Connection;
  connected?: boolean;
  language: string;
  locale?: {
    language: string;
    time_format?: "language" | "system" | "12" | "24";
    time_zone?: "local" | "server";
  };
  config?: { time_zone?: string; unit_system?: { length?: string } };
  user?: { is_admin: boolean };
  /** Each change of a state makes a new object, in which all others are the same. */
  states?: Record<string, EntityState>;
  entities?: Record<string, RegisteredEntity>;
  devices?: Record<string, RegisteredDevice>;
  /** A state in words, with its unit. */
  formatEntityState?(state: EntityState): string;
  /** Loads the texts of an integration, and gives what words them. */
  loadBackendTranslation?(
    category: string,
    integration: string,
  ): Promise<(key: string, values: Record<string, string>) => string>;
  callService(
    domain: string,
    service: string,
    data: Record<string, unknown>,
    target?: undefined,
    notifyOnError?: boolean,
    returnResponse?: boolean,
  ): Promise<{ response?: unknown }>;
}

/** The mirror as the integration sees it. */
export interface View {
  type: "view";
  /** Which view it is: a patch says from which one it starts. */
  number: number;
  mirror: { entry_id: string; unique_id?: string | null; id: string; name: string };
  /** Whether the mirror service is there. */
  connected: boolean;
  problem: Problem | null;
  /** The last known state; null before the first. */
  state: State | null;
  /** By id; the mirror's own are `camera` and `microphone`. */
  devices: Record<string, Device>;
  rev: number;
  seq: number;
  /** The mirror's time, when this was sent. Like the next two, absent in the views of an older integration. */
  now?: string;
  /** What the household has settled about the display. */
  display?: Settings;
  /** Which display the integration has. */
  frontend?: string | null;
}

/** How the next view differs. */
export interface ViewPatch {
  type: "patch";
  /** The number of the view that it starts from. */
  from: number;
  patch: Operation[];
  now: string;
}

/** What is being said at the mirror: in no state and no log, and for those alone who may read all. */
export interface Talk {
  /** Null for an announcement. */
  turn: string | null;
  stage: "listening" | "thinking" | "speaking" | "over";
  heard: string | null;
  /** It grows while it comes. */
  reply: string | null;
  /** The code of what went wrong, as Home Assistant has it. */
  error: string | null;
}

/** A timer that somebody has set by voice. Times are the mirror's. */
export interface VoiceTimer {
  id: string;
  name: string | null;
  started_at: string;
  ends_at: string;
  /** Null while it runs. */
  paused_left_s: number | null;
  /** Whether its time is up. */
  done: boolean;
}

export interface Voice extends Talk {
  timers: VoiceTimer[];
}

export type MiraMessage =
  | View
  | ViewPatch
  | { type: "event"; event: MiraEvent }
  | { type: "live"; live: Live }
  | { type: "voice"; voice: Voice };

/** The decision on a command, as `mira/command` and `mira.send_command` answer. */
export interface Decision {
  command_id: string;
  /** What came of it so far. */
  status?: "done" | "waiting" | "refused";
  outcome: "accepted" | "rejected";
  reason?: string | null;
  seq?: number | null;
  payload?: Record<string, unknown>;
}

/** A command that somebody asks for at the display or on a card. */
export interface TouchCommand {
  action: string;
  payload: Record<string, unknown>;
}
