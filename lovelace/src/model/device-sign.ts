import type { Device } from "../protocol.ts";

/** What the sign of a camera or microphone says. */
export type DeviceSign =
  | "on"
  | "recording"
  | "off"
  | "starting"
  | "no_signal"
  | "failed"
  | "still_open"
  | "not_open"
  | "unknown";

/** The sign for what was asked for (`on`) and what was observed; without an observation it is unknown. */
export function deviceSign(on: boolean, observed: Device | null | undefined): DeviceSign {
  if (!observed || observed.capture === "unknown") return "unknown";
  if (!on) return ["closed", "no_signal", "failed"].includes(observed.capture) ? "off" : "still_open";
  if (observed.filming) return "recording";
  const signs = {
    open: "on",
    opening: "starting",
    no_signal: "no_signal",
    failed: "failed",
    closed: "not_open",
  } as const;
  return signs[observed.capture] ?? "unknown";
}

/** Whether a sign shows something that a tap turns off: also what is still open though it was turned off. */
export function isShownOn(on: boolean, sign: DeviceSign): boolean {
  return on || sign === "still_open";
}
