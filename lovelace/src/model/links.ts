import type { Display } from "./display.ts";

export type Link = "connected" | "reconnecting" | "unknown";

/** Whether the mirror service is there: not known while Home Assistant is not, or sends no views. */
export function mirrorLink(display: Display): Link {
  if (display.homeAssistant !== "connected" || display.subscription !== "live" || !display.view)
    return "unknown";
  return display.view.connected ? "connected" : "reconnecting";
}
