import { expect, test } from "vitest";
import { deviceErrorWords, problemWords } from "../src/model/problem.ts";
import de from "../src/texts/de/display.json";
import en from "../src/texts/en/display.json";

test("a problem is told in the reader's language, and one of a newer mirror as it was told", () => {
  const full = { code: "disk_full", message: "The disk of /data is full." };
  expect(problemWords(full, de)).toContain("Schaffe Platz");
  expect(problemWords(full, en)).toContain("Make room");
  expect(problemWords({ code: "of_tomorrow", message: "Something new." }, de)).toBe("Something new.");
});

test("so is why a camera is not open", () => {
  const camera = {
    kind: "camera",
    capture: "failed",
    code: "refused",
    error: "The camera refuses.",
  } as const;
  expect(deviceErrorWords(camera, de)).toContain("akzeptiert");
  expect(deviceErrorWords({ ...camera, code: null }, de)).toBe("The camera refuses.");
  expect(deviceErrorWords({ kind: "camera", capture: "open" }, de)).toBeUndefined();
  expect(deviceErrorWords({ ...camera, kind: "microphone", code: "busy" }, de)).toContain("Mikrofon");
});
