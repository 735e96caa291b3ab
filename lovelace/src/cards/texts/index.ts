import { inLanguage } from "../../localize/index.ts";
import { type CardTexts, en } from "./en.ts";

export type { CardTexts } from "./en.ts";

/** The cards' words in a language. */
export const cardTextsOf = inLanguage<CardTexts>(en, { de: async () => (await import("./de.ts")).de });
