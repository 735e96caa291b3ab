/** How wrong this machine's clock is, in words. */
import { fill, type Texts } from "../texts.ts";

const MINUTES = ["minute", 60_000] as const;
const UNITS = [["day", 86_400_000], ["hour", 3_600_000], MINUTES] as const;

/** `ahead`: of it, the mirror's, in milliseconds. */
export function clockWords(ahead: number, language: string, texts: Texts): string {
  const apart = Math.abs(ahead);
  const [unit, length] = UNITS.find(([, length]) => apart >= 2 * length) ?? MINUTES;
  const style = { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 } as const;
  const time = new Intl.NumberFormat(language, style).format(apart / length);
  return fill(ahead > 0 ? texts.clock_slow : texts.clock_fast, { time });
}
