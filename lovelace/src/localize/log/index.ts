import { inLanguage } from "../index.ts";
import { en, type LogTexts } from "./en.ts";

export type { LogTexts } from "./en.ts";

/** The log's words in a language. */
export const logTextsOf = inLanguage<LogTexts>(en, { de: async () => (await import("./de.ts")).de });
