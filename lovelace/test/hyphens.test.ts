import { expect, test } from "vitest";
import { hyphenated } from "../src/model/hyphens.ts";

const shown = (text: string) => hyphenated(text).replaceAll("\u00ad", "-");

test("only words that may be too long for a narrow glass can be broken, and that with a hyphen", () => {
  expect(shown("Buy milk, and Gymnopédie No. 1")).toBe("Buy milk, and Gymnopédie No. 1");
  expect(shown("Waschmaschine ausräumen")).toBe("Wasch-maschine ausräumen");
  expect(shown("Donaudampfschifffahrt")).toBe("Donau-dampf-schi-fffahrt");
  expect(hyphenated("camera_off")).toBe("camera_\u200boff");
  expect(shown("bcdfghjklmnpqrst")).toBe("bcdfg-hjklm-npqrst");
});

test("nothing but the hyphens comes to a text", () => {
  const text = "Ask whether Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen are allowed";
  expect(hyphenated(text).replaceAll("\u00ad", "")).toBe(text);
});

test("no mark is parted from its letter, and no script is broken that knows no hyphen", () => {
  const zalgo = "Z\u0351\u036bA\u0334\u0335L\u0320".repeat(6);
  for (const text of [zalgo, "\u0628".repeat(40), "\u0e01".repeat(40), "\u4e00".repeat(40)]) {
    expect(hyphenated(text)).toBe(text);
  }
});
