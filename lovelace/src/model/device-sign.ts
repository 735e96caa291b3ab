import type { Device, DeviceKind } from "../protocol.ts";

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

/** What the household wants to know first of several devices. */
const FIRST: readonly Device["capture"][] = ["open", "opening", "unknown", "failed", "no_signal", "closed"];

/** What was observed of the devices of a kind: one switch closes them all, so one that is open counts before the others. */
export function observedOf(
  devices: Readonly<Record<string, Device>> | undefined,
  kind: DeviceKind,
): Device | undefined {
  const rank = ({ capture, filming }: Device) => (filming ? -1 : FIRST.indexOf(capture));
  const ours = Object.values(devices ?? {}).filter((device) => device.kind === kind);
  return ours.sort((one, other) => rank(one) - rank(other))[0];
}

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

/** Whether a device is as it was asked to be: its icon alone says so. */
export function isWell(sign: DeviceSign): boolean {
  return sign === "on" || sign === "off";
}
