import { askFor } from "./components/command.ts";
import type { SeenGesture } from "./model/gesture.ts";
import { nearest, pointing, type Spot } from "./model/pointing.ts";
import type { LiveHand } from "./protocol.ts";

/** From here on the finger is kept still, and means what it points at: a hold begins anew where the hand moves. */
const SETTLED_MS = 150;

/** A finger that is held points at an open todo; when the mirror has accepted the gesture, that one is completed. */
export class Finger {
  #aimed: HTMLElement | undefined;
  #done: string | undefined;

  /** `parts`: those of the page, in which the todos are. */
  constructor(readonly parts: () => Iterable<HTMLElement>) {}

  /** These are the hands now. */
  move(hands: readonly LiveHand[]): void {
    const hand = pointing(hands);
    if (hand && this.#aimed?.checkVisibility() && hand.held_ms > SETTLED_MS) return;
    const todos = hand ? this.#todos() : [];
    this.#aim(hand && todos[nearest(hand, todos.map(centre))]);
  }

  /** The mirror has accepted a gesture: each is looked at once. */
  accept({ commandId, name }: SeenGesture): void {
    const todo = this.#aimed;
    if (commandId === this.#done || name !== "pointing_up" || !todo?.checkVisibility()) return;
    this.#done = commandId;
    const uid = String(todo.dataset.uid);
    askFor(todo, uid, { action: "update_todo", payload: { uid, status: "completed" } });
  }

  #todos(): HTMLElement[] {
    return [...this.parts()]
      .flatMap((part) => [...part.querySelectorAll("mira-todos")])
      .flatMap((list) => [...(list.shadowRoot?.querySelectorAll<HTMLElement>(OPEN) ?? [])])
      .filter((todo) => todo.checkVisibility());
  }

  #aim(todo: HTMLElement | undefined): void {
    if (todo === this.#aimed) return;
    this.#aimed?.removeAttribute("style");
    this.#aimed?.removeAttribute("data-pointed");
    todo?.setAttribute("style", AIMED);
    todo?.setAttribute("data-pointed", "");
    this.#aimed = todo;
  }
}

/** Black on white, as nothing else on the glass is. */
const AIMED = `
  --soft: var(--background); --warning: var(--background);
  color: var(--background); background: var(--bright); border-radius: calc(0.8 * var(--u));
`;
const OPEN = ".row:not(.unseen) [data-test=todo][data-status=needs_action]";

function centre(todo: HTMLElement): Spot {
  const { x, y, width, height } = todo.getBoundingClientRect();
  return { x: x + width / 2, y: y + height / 2 };
}
