import { expect, test } from "vitest";
import { type DeviceSign, deviceSign } from "../src/model/device-sign.ts";
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
  expect(deviceSign(on, { capture })).toBe(sign);
});

test("a camera that films says so, and one that should be off that it is still open", () => {
  expect(deviceSign(true, { capture: "open", filming: true })).toBe("recording");
  expect(deviceSign(false, { capture: "open", filming: true })).toBe("still_open");
});

test("without an observation the sign claims nothing", () => {
  expect(deviceSign(false, null)).toBe("unknown");
  expect(deviceSign(true, undefined)).toBe("unknown");
  expect(deviceSign(true, { capture: "dreaming" } as unknown as Device)).toBe("unknown");
});
