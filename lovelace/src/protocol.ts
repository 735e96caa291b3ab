/** What the display reads of the protocol, version 1 (docs/protocol). */

export type Source = "voice" | "gesture" | "touch" | "automation" | "system";

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

export interface Message {
  text: string;
  title: string | null;
  at: string;
  until: string;
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
  message?: string | null;
}

export type DeviceName = "camera" | "microphone";

/** What was observed of a camera or microphone. */
export interface Device {
  capture: "closed" | "opening" | "open" | "failed";
  error?: string | null;
}

export interface Problem {
  code: string;
  message: string;
}
