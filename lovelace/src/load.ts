import type { ReactiveControllerHost } from "lit";

/** Seconds between the first attempts, which a restart of Home Assistant takes together; and between later ones. */
const WAITS = [1, 2, 5, 10];
const LATER = 30;

/** Loads a part of the display; while it cannot be, says so and tries again. */
export async function load<T>(part: () => Promise<T>, fails: (failing: boolean) => void): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const loaded = await part();
      if (attempt > 0) fails(false);
      return loaded;
    } catch {
      fails(true);
      const seconds = WAITS[attempt] ?? LATER;
      await new Promise((over) => setTimeout(over, seconds * 1_000));
    }
  }
}

const parts = {
  buttons: () => import("./components/admin-buttons.ts"),
  clock: () => import("./components/wrong-clock.ts"),
  choice: () => import("./settings/choice.ts"),
  comfort: () => import("./components/comfort.ts"),
  capture: () => import("./widgets/talk/capture.ts"),
  guest: () => import("./components/guest.ts"),
  message: () => import("./components/message-more.ts"),
  notices: () => import("./components/notices.ts"),
  pin: () => import("./components/pin-pad.ts"),
  question: () => import("./components/question.ts"),
  settings: () => import("./settings/page.ts"),
  whole: () => import("./whole.ts"),
  turn: () => import("./page-turn.ts"),
};

export type Part = keyof typeof parts;
type Loaded<P extends Part> = Awaited<ReturnType<(typeof parts)[P]>>;

/** The parts of the panel that the first view does without. */
export class Parts {
  readonly #asked = new Set<Part>();
  readonly #ready = new Map<Part, unknown>();
  readonly #failing = new Set<string>();

  constructor(readonly host: ReactiveControllerHost) {}

  /** Whether what is wanted cannot be loaded just now. */
  get failing(): boolean {
    return this.#failing.size > 0;
  }

  /** Whether a part is there; else, where it is wanted, it is loaded and its host drawn anew. */
  ready(part: Part, wanted = true): boolean {
    if (wanted && !this.#asked.has(part)) {
      this.#asked.add(part);
      void this.load<unknown>(part, parts[part]).then((loaded) => {
        this.#ready.set(part, loaded);
        this.host.requestUpdate();
      });
    }
    return this.#ready.has(part);
  }

  /** What a part exports, once it is there. */
  loaded<P extends Part>(part: P): Loaded<P> | undefined {
    return this.#ready.get(part) as Loaded<P> | undefined;
  }

  /** Loads what may be wanted while Home Assistant is away; what needs it is not. */
  prepare(): void {
    for (const part of Object.keys(parts) as Part[]) this.ready(part, !["settings", "choice"].includes(part));
  }

  load<T>(name: string, part: () => Promise<T>): Promise<T> {
    return load(part, (failing) => {
      if (failing) this.#failing.add(name);
      else this.#failing.delete(name);
      this.host.requestUpdate();
    });
  }
}
