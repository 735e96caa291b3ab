import { en, type Texts } from "./en.ts";
import { inLanguage } from "./index.ts";

/** All texts of the display. */
export const textsOf = inLanguage<Texts>(en, { de: async () => (await import("./de.ts")).de });
