import type { Pending } from "../protocol.ts";
import { fill, type Texts } from "../texts.ts";

/** As long as a video is where nobody says more. */
const SECONDS = 5;

/** What somebody agrees to: what is taken, and where it goes. */
export function captureWords({ payload }: Pending, texts: Texts): string {
  const { kind, seconds = SECONDS, agent, cloud } = payload;
  const what = kind === "video" ? fill(texts.ask_video, { seconds: Number(seconds) }) : texts.ask_photo;
  const where = agent === undefined ? "stays" : cloud ? "goes_out" : "goes_to";
  return `${what} ${fill(texts[`ask_capture_${where}`], { agent: String(agent) })}`;
}
