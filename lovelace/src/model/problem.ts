import type { Device, Problem } from "../protocol.ts";
import { lookUp, type Texts } from "../texts.ts";

/** What keeps the mirror from deciding, in the reader's language where it is known; else as it was told. */
export const problemWords = ({ code, message }: Problem, texts: Texts): string =>
  lookUp(texts, `problem_${code}`) ?? message;

/** Why a device is not open although it should be, in the reader's language where that is known; else as it was told. */
export const deviceErrorWords = ({ kind, code, error }: Device, texts: Texts): string | undefined =>
  lookUp(texts, `${kind}_error_${code}`) ?? error ?? undefined;
