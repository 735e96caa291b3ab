/** What the display reads of the protocol, version 2 (docs/protocol). */

export type Source = "voice" | "gesture" | "touch" | "automation" | "sensor" | "system";

/** By microphone, in dB of full scale: how loud it is now, and how loud while nobody speaks. */
export interface LiveLevels {
  levels: Record<string, [level: number, noise: number]>;
}

export interface TodoItem {
  uid: string;
  summary: string;
  /** Absent: `needs_action`. */
  status?: "needs_action" | "completed";
  /** A date, `2026-11-20`, or a time with its offset. */
  due?: string | null;
  description?: string | null;
  completed?: string | null;
}

export interface MessageButton {
  id: string;
  label: string;
}

export interface Message {
  text: string;
  title: string | null;
  at: string;
  until: string;
  /** Names it where it has buttons. */
  id?: string | null;
  /** A media-source id, an entity, or a path of Home Assistant's. */
  picture?: string | null;
  buttons?: MessageButton[];
}

/** A command that needs confirmation: the very one that a yes carries out. */
export interface Pending {
  command_id: string;
  source: Source;
  action: string;
  payload: Record<string, unknown>;
  risks: string[];
  asked_at: string;
  deadline: string;
  /** The todos that it would add, change or remove. */
  about?: Pick<TodoItem, "uid" | "summary" | "status">[];
}

/** What the PIN guards, and whether it is open. */
export interface Access {
  pin_set?: boolean;
  unlocked_until?: string | null;
  wrong_tries?: number;
  /** No PIN is compared before that time, because of wrong tries. */
  blocked_until?: string | null;
  /** Who has a PIN of their own, by id. */
  persons?: Record<string, object>;
}

/** A change that can be taken back. */
export interface Undoable {
  command_id: string;
  source: Source;
  touches: string[];
  action: string;
  payload: Record<string, unknown>;
  is_undo?: boolean;
}

/** A gesture that is being taught, and how often it was shown. */
export interface Teaching {
  name: string;
  samples: number;
  taken: number;
}

/** A wake word that is being taught: how often it was said, why not the last time, and what became of it. */
export interface WordLesson {
  word: string;
  phrase: string;
  takes: number;
  taken: number;
  fault: string | null;
  outcome: string | null;
}

/** Who is being listened to, and what is being said: no words. */
export interface VoicePart {
  turn: { id: string; stage: "listening" | "thinking" | "speaking" } | null;
  speech: { id: string } | null;
  /** These are absent where no wake word was ever taught. */
  lesson?: WordLesson | null;
  taught?: Record<string, { trial: { takes: number; found: number; false_wakes: number; minutes: number } }>;
}

/** A photo or a video that somebody has agreed to. */
export interface Capture {
  id: string;
  kind: "photo" | "video";
  /** When it is taken, or begins. */
  at: string;
}

/** Of which set a persona's face is. */
export type Pictures = "drawn" | "fluent" | "none";

/** What personas say and express: no words. */
export interface TalkPart {
  /** Those that are open, by id. */
  replies: Record<string, { place: "mirror" | "elsewhere" | "api"; pictures: Pictures }>;
  /** Null: nothing is expressed. */
  face: { emotion: string; reply: string | null; pictures: Pictures } | null;
  /** Those of the persona that answered last; null: none ever has. */
  pictures: Pictures | null;
  /** Null: none is taken now. */
  capture?: Capture | null;
}

/** A window with a motor. Positions are in percent, 0: shut. */
export interface MirrorWindow {
  /** Whose readings it goes by; null: those of its own id. */
  room: string | null;
  auto: boolean;
  /** What would be done is decided and noted, and not done. */
  shadow: boolean;
  locked: boolean;
  limits: { most: number; most_at_night: number };
  /** Where it is to stand, and where it was seen to; null: nobody knows. */
  target: number | null;
  position: number | null;
  /** The motor is on its way. */
  run: { start: number; to: number } | null;
  /** Until then it is left alone, and may stay open in the rain. */
  held_until: string | null;
  rain_until: string | null;
  fault: string | null;
  /** What asked for the present position; null: no model. */
  model: string | null;
}

/** Windows by id, and the facts that they are moved by; null is what nobody knows. */
export interface WindowsPart {
  windows: Record<string, MirrorWindow>;
  outside: { rain: boolean | null; storm: boolean; air: "good" | "bad" | null };
  home: { away: boolean | null; armed: boolean | null; quiet: boolean | null };
}

/** The air in a room, in °C and %; what is missing or null nobody knows. */
export interface RoomAir {
  temperature?: number | null;
  humidity?: number | null;
  /** Of the oldest reading, in seconds, when this was sent. */
  age_s: number;
}

/** What the sensors say by room, and by window how far it should be open, what that follows from most, and how sure. */
export interface LiveAir {
  rooms: Record<string, RoomAir>;
  windows: Record<string, { advice: number; confidence: number; mattered: string[] }>;
  at: string;
}

/** How loud what is said is now: 0 to 1. */
export interface LiveSpeech {
  speech: string;
  level: number;
}

/** The state document, as far as the display shows it. */
export interface State {
  /** What was asked for. What is really open is in the devices. */
  microphone: { on: boolean };
  camera: { on: boolean };
  page: string;
  pages: string[];
  todos: TodoItem[];
  message: Message | null;
  /** These are absent in the state of an older sidecar. */
  pending?: Pending | null;
  access?: Access;
  teaching?: Teaching | null;
  /** Oldest first. */
  undoable?: Undoable[];
  /** By place, such as `window:bath`. */
  last_changes?: Record<string, { command_id: string; source: Source }>;
  /** Of each subject that is on, its slice. */
  parts?: Record<string, unknown> & {
    /** For administrators: who lives here, by id; without names. */
    people?: { persons: Record<string, object> };
    talk?: TalkPart;
    voice?: VoicePart;
    windows?: WindowsPart;
  };
}

/** A stored fact. */
export interface MiraEvent {
  seq: number;
  id: string;
  ts: string;
  command_id: string;
  type: "accepted" | "rejected" | "state_patch";
  source: Source;
  action: string;
  payload?: Record<string, unknown>;
  captured_at?: string | null;
  /** 0 to 1. */
  confidence?: number | null;
  rev?: number | null;
  reason?: string | null;
  /** What there is to say besides the reason. */
  values?: Record<string, unknown>;
  /** The policies that looked at it, in their order. */
  looked?: string[];
  /** For how many refusals of one kind it stands, the first of which has an event of its own. */
  count?: number;
  /** Whether its words were left out: they are for administrators, and for whom it came from. */
  redacted?: boolean;
}

/** All of a kind obey one switch. */
export type DeviceKind = "camera" | "microphone";

/** What was observed of a camera or microphone. */
export interface Device {
  kind: DeviceKind;
  /** `unknown`: it is there, and nobody observes it. */
  capture: "closed" | "opening" | "open" | "no_signal" | "failed" | "unknown";
  error?: string | null;
  /** Of the error. */
  code?: string | null;
  /** The camera of Home Assistant that it is. */
  entity?: string | null;
  /** Of a camera that is open. */
  picture?: { width: number; height: number; mirrored: boolean } | null;
  /** Whether it is open for films that somebody agreed to: nothing is recognised meanwhile. */
  filming?: boolean;
}

export interface Problem {
  code: string;
  message: string;
}

/** A hand as the camera sees it now. */
export interface LiveHand {
  handedness: "left" | "right";
  /** Where its palm is in a mirror: 0 at the person's left and at the top. */
  x: number;
  y: number;
  size: number;
  /** Whether it is steady enough to make a gesture. */
  engaged: boolean;
  /** The pose that is being held, or was. */
  pose: string | null;
  confidence: number;
  /** As much as `hold_ms` once it has counted. */
  held_ms: number;
  /** 0 without a pose. */
  hold_ms: number;
  /** Palm lengths to the person's right, and up, since it last rested. */
  travel_x: number;
  travel_y: number;
  /** MediaPipe's 21, each a place as `x` and `y` are; none of an older sidecar. */
  landmarks?: [number, number][];
}

/** What the camera sees now; no hands: the last one has gone. */
export interface Live {
  ts: string;
  hands: LiveHand[];
}
