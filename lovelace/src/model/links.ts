import type { Display } from "./display.ts";

export type Link = "connected" | "reconnecting" | "unknown";

const MINUTE = 60_000;

/** Whether this machine's clock is so wrong that somebody should know; `ahead`: of it, the mirror's, in milliseconds. */
export function isWrong(ahead: number): boolean {
  return Math.abs(ahead) > MINUTE;
}

/** Whether the mirror service is there: not known while Home Assistant is not, or sends no views. */
export function mirrorLink(display: Display): Link {
  if (display.homeAssistant !== "connected" || display.subscription !== "live" || !display.view)
    return "unknown";
  return display.view.connected ? "connected" : "reconnecting";
}
