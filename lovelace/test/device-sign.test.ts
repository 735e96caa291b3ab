import { expect, test } from "vitest";
import { type DeviceSign, deviceSign, observedOf } from "../src/model/device-sign.ts";
import type { Device } from "../src/protocol.ts";

const cases: [boolean, Device["capture"], DeviceSign][] = [
  [true, "open", "on"],
  [true, "opening", "starting"],
  [true, "closed", "not_open"],
  [true, "failed", "failed"],
  [true, "no_signal", "no_signal"],
  [false, "closed", "off"],
  [false, "failed", "off"],
  [false, "no_signal", "off"],
  [false, "open", "still_open"],
  [false, "opening", "still_open"],
  [true, "unknown", "unknown"],
  [false, "unknown", "unknown"],
];

test.each(cases)("asked for %s and observed %s, the sign says %s", (on, capture, sign) => {
  expect(deviceSign(on, { kind: "camera", capture })).toBe(sign);
});

test("a camera that films says so, and one that should be off that it is still open", () => {
  expect(deviceSign(true, { kind: "camera", capture: "open", filming: true })).toBe("recording");
  expect(deviceSign(false, { kind: "camera", capture: "open", filming: true })).toBe("still_open");
});

test("without an observation the sign claims nothing", () => {
  expect(deviceSign(false, null)).toBe("unknown");
  expect(deviceSign(true, undefined)).toBe("unknown");
  expect(deviceSign(true, { kind: "camera", capture: "dreaming" } as unknown as Device)).toBe("unknown");
});

const all = ["closed", "no_signal", "failed", "unknown", "opening", "open"] as const;

test.each(all.slice(1).map((capture, place) => [all.slice(0, place + 1), capture] as const))(
  "of cameras that are %s and one that is %s, the sign tells of that one, whichever comes first",
  (others, capture) => {
    const devices: Device[] = [...others, capture].map((each) => ({ kind: "camera", capture: each }));
    expect(observedOf(Object.fromEntries(devices.entries()), "camera")?.capture).toBe(capture);
    expect(observedOf(Object.fromEntries(devices.toReversed().entries()), "camera")?.capture).toBe(capture);
  },
);

test("a further camera that is open is an open camera, and one that films a recording one", () => {
  const devices: Record<string, Device> = {
    camera: { kind: "camera", capture: "closed" },
    door: { kind: "camera", capture: "open" },
    microphone: { kind: "microphone", capture: "closed" },
  };
  expect(deviceSign(false, observedOf(devices, "camera"))).toBe("still_open");
  expect(deviceSign(true, observedOf(devices, "camera"))).toBe("on");
  expect(deviceSign(false, observedOf(devices, "microphone"))).toBe("off");
  devices.desk = { kind: "camera", capture: "open", filming: true };
  expect(deviceSign(true, observedOf(devices, "camera"))).toBe("recording");
});

test("a mirror without a microphone has no sign of one, and before its first word of none", () => {
  expect(observedOf({ door: { kind: "camera", capture: "open" } }, "microphone")).toBeUndefined();
  expect(observedOf(undefined, "camera")).toBeUndefined();
});
