import type { DeviceKind, Pending, Source, State } from "../protocol.ts";

/** The question that a tap on the sign of this device has led to: another tap takes it back. */
export function ownQuestion(state: State, device: DeviceKind, source: Source = "touch"): Pending | null {
  const { pending } = state;
  return pending?.source === source && pending.action.endsWith(`_${device}`) ? pending : null;
}
