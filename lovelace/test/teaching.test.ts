import { expect, test } from "vitest";
import { teachingWords } from "../src/model/teaching.ts";
import type { State, WordLesson } from "../src/protocol.ts";
import en from "../src/texts/en/display.json";

const taught = { own_1: { trial: { takes: 8, found: 7, false_wakes: 0, minutes: 19 } } };
const told = (lesson: Partial<WordLesson>) => {
  const whole = {
    word: "own_1",
    phrase: "Hey Mira",
    takes: 8,
    taken: 3,
    fault: null,
    outcome: null,
    ...lesson,
  };
  const voice = { turn: null, speech: null, lesson: whole, taught };
  return teachingWords({ parts: { voice } } as unknown as State, en);
};

test("nothing is told while nothing is taught", () => {
  expect(teachingWords(null, en)).toBe("");
  expect(teachingWords({ parts: { voice: { turn: null, speech: null } } } as unknown as State, en)).toBe("");
});

test("a wake word is asked for, with how often it was said", () => {
  expect(told({})).toBe("Say “Hey Mira”: 3 of 8");
});

test("a take that does not fit says why, and one of a newer sidecar asks again", () => {
  expect(told({ fault: "too_short" })).toBe("Too short. Say “Hey Mira”: 3 of 8");
  expect(told({ fault: "too_shrill" })).toBe("Say “Hey Mira”: 3 of 8");
});

test("while it is tried that is said, and then how well it works", () => {
  expect(told({ taken: 8 })).toBe("Trying “Hey Mira” …");
  expect(told({ taken: 8, outcome: "learned" })).toBe(
    "Learned “Hey Mira”: 7 of 8 found, 0 false in 19 min of other speech",
  );
});

test("a word that is not learned says why", () => {
  expect(told({ outcome: "too_common" })).toBe("“Hey Mira” is too short, or too close to everyday speech");
  expect(told({ outcome: "of_a_newer_sidecar" })).toBe("“Hey Mira” was not learned");
});
