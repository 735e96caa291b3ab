/** Every card: its file, its size in a section, and what its entities are. */
import type { CardFile } from "./card.ts";

/** In columns (of twelve) and rows of a section. */
export interface Grid {
  columns: number | "full";
  min_columns: number;
  rows: number | "auto";
  min_rows?: number;
}

export interface CardEntry {
  load(): Promise<{ default: CardFile }>;
  grid: Grid;
  /** For which entities of a mirror the card is suggested. */
  domains: readonly string[];
}

export const CARDS = {
  "mira-mirror-card": {
    load: () => import("./mirror.ts"),
    grid: { columns: 12, min_columns: 6, rows: "auto" },
    domains: ["binary_sensor", "notify", "scene", "select", "switch"],
  },
  "mira-todo-card": {
    load: () => import("./todo.ts"),
    grid: { columns: 12, min_columns: 6, rows: "auto" },
    domains: ["todo"],
  },
  "mira-gesture-card": {
    load: () => import("./gesture.ts"),
    grid: { columns: 12, min_columns: 6, rows: "auto" },
    domains: ["event", "number", "sensor"],
  },
  "mira-privacy-card": {
    load: () => import("./privacy.ts"),
    grid: { columns: 12, min_columns: 6, rows: "auto" },
    domains: ["binary_sensor", "lock", "switch"],
  },
  "mira-log-card": {
    load: () => import("./log.ts"),
    grid: { columns: "full", min_columns: 6, rows: "auto" },
    domains: ["sensor"],
  },
} satisfies Record<string, CardEntry>;
