import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { House, question, state, view } from "../dev/house.ts";
import "../src/index.ts";
import { questionWords } from "../src/model/question-words.ts";
import type { MiraPanel } from "../src/panel.ts";
import { textsOf } from "../src/texts.ts";
import type { MiraCapture } from "../src/widgets/talk/capture.ts";

const [en, de] = await Promise.all([textsOf("en"), textsOf("de")]);
const NOON = Date.parse("2026-11-20T12:00:00.000Z");
const quiet = { replies: {}, face: null, pictures: null };
let house: House;
let panel: MiraPanel | undefined;

beforeAll(async () => {
  await import("../src/widgets/talk/capture.ts");
});

beforeEach(() => {
  vi.spyOn(window, "matchMedia").mockReturnValue({ matches: true } as MediaQueryList); // motion is reduced
  vi.useFakeTimers({ now: NOON });
});

afterEach(() => {
  panel?.remove();
  vi.useRealTimers();
});

async function open(kind: "photo" | "video" = "photo"): Promise<void> {
  const capture = { id: "0198c0de-yes", kind, at: new Date(NOON + 3_000).toISOString() };
  house = new House({ ...view, state: { ...state, parts: { talk: { ...quiet, capture } } } });
  panel = document.createElement("mira-panel") as MiraPanel;
  panel.hass = house.hass();
  document.body.append(panel);
  await vi.advanceTimersByTimeAsync(0);
}

const shown = () => panel?.renderRoot.querySelector("mira-capture") as MiraCapture | null;
const part = (hook: string) => shown()?.renderRoot.querySelector<HTMLElement>(`[data-test="${hook}"]`);

test("who is asked reads what is taken, and where it goes", () => {
  const words = (payload: Record<string, unknown>, texts = en) =>
    questionWords(question({ action: "request_capture", payload }), texts);
  expect(words({ kind: "photo", agent: "OpenAI", cloud: true })).toBe(
    "Take a photo now? It goes to OpenAI, outside of your home.",
  );
  expect(words({ kind: "video", seconds: 3, agent: "Ollama", cloud: false })).toBe(
    "Take a video of 3 s now? It goes to Ollama, in your home.",
  );
  expect(words({ kind: "video" }, de)).toBe("Jetzt ein Video von 5 s aufnehmen? Es bleibt im Spiegel.");
  expect(words({})).toBe("Take a photo now? It stays in the mirror.");
});

test("a photo is counted down to, at the moment of each second, and then taken", async () => {
  await open();
  expect(panel?.dataset.view).toBe("question");
  const counted = [part("capture-count")?.textContent];
  for (let second = 0; second < 3; second++) {
    await vi.advanceTimersByTimeAsync(1_000);
    counted.push(part("capture-count")?.textContent);
  }
  expect(counted).toEqual(["3", "2", "1", undefined]);
  expect(part("capture")?.classList).toContain("taking");
  house.show({ ...view, state: { ...state, parts: { talk: { ...quiet, capture: null } } } });
  await vi.advanceTimersByTimeAsync(0);
  expect(shown()).toBeNull();
});

test("a tap stops it", async () => {
  await open("video");
  part("capture-stop")?.click();
  await vi.advanceTimersByTimeAsync(0);
  expect(house.calls).toMatchObject([
    { action: "end_capture", payload: { capture: "0198c0de-yes", outcome: "cancelled" } },
  ]);
});
