import type simulator from "../texts/en/simulator.json";
import { fill, inLanguage, lookUp } from "../texts.ts";
import type { Problem } from "./session.ts";

/** Every text of the simulator; few open it, so they are loaded with it. */
export type SimulatorTexts = Record<keyof typeof simulator, string>;

export const simulatorTextsOf = inLanguage(
  import.meta.glob<SimulatorTexts>("../texts/*/simulator.json", { import: "default" }),
);

const TALK = "talk.speak";

/** What makes a key that may talk, and have this capability, too. */
export function keyLine(capability = TALK): string {
  return `mira-sidecar keys add Simulator --may ${[...new Set([TALK, capability])].join(",")}`;
}

/** What the sidecar's settings need for pages from this origin. */
export function originLine(origin: string): string {
  return `api_origins = ["${origin}"]`;
}

/** What went wrong and what to do; what has no words here is said as the sidecar says it. */
export function problemWords({ code, detail, details = "" }: Problem, texts: SimulatorTexts): string {
  const words = lookUp(texts, `problem_${code.toLowerCase()}`);
  return words ? fill(words, { details }) : (detail ?? fill(texts.problem_other, { code }));
}

/** The line of a shell or of a settings file that ends it; null: no line does. */
export function remedyOf({ code, details }: Problem, origin: string): string | null {
  switch (code) {
    case "no_key":
    case "KEY_MISSING":
    case "KEY_NOT_VALID":
      return keyLine();
    case "CAPABILITY_MISSING":
      return keyLine(details);
    case "ORIGIN_NOT_ALLOWED":
      return originLine(origin);
    case "mixed":
      return "mira-sidecar certificate";
    default:
      return null;
  }
}
