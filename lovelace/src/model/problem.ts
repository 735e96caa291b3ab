import type { Texts } from "../localize/index.ts";
import type { Problem } from "../protocol.ts";

/** What keeps the mirror from deciding, in the reader's language where it is known; else as it was told. */
export const problemWords = ({ code, message }: Problem, texts: Texts): string =>
  (texts as Record<string, string>)[`problem_${code}`] ?? message;
