import type { Voice } from "./homeassistant.ts";

/** What is being said at the mirror, and its timers, for what shows them on the glass. */
export class LiveVoice {
  /** What was told last; null: nothing is known. */
  last: Voice | null = null;
  readonly #followers = new Set<() => void>();

  take(voice: Voice | null): void {
    this.last = voice;
    for (const follower of this.#followers) follower();
  }

  /** Calls back with each change, until what is returned is called. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}
