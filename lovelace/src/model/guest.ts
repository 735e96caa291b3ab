/** What anybody may see: nothing about those who live here. */
import type { Pending } from "../protocol.ts";
import type { Display } from "./display.ts";
import type { Layout } from "./settings.ts";

/** Whether the display is kept from guests: the household wants that, and the PIN was not given. */
export function isGuest(display: Display): boolean {
  const { view, unlocked } = display;
  return Boolean(view?.display?.guest && view.state?.access?.pin_set) && !unlocked;
}

/** A display in which nothing of the household is left: not only hidden. */
export function forGuests(display: Display): Display {
  const { view, question, refusal } = display;
  const state = view?.state
    ? {
        ...view.state,
        todos: [],
        message: null,
        undoable: [],
        pending: view.state.pending ? nameless(view.state.pending) : null,
      }
    : null;
  const devices = Object.fromEntries(
    Object.entries(view?.devices ?? {}).map(([name, device]) => [name, { ...device, error: null }]),
  );
  return {
    ...display,
    view: view && { ...view, state, devices },
    message: null,
    undo: null,
    question: question && { ...question, what: nameless(question.what) },
    refusal: refusal && { ...refusal, what: { ...refusal.what, commandId: null, message: null } },
  };
}

/** A question of which no more is left than its kind. */
function nameless(question: Pending): Pending {
  return { ...question, payload: {}, about: [] };
}

/** What of a page guests see: widgets that know nothing about anybody. */
export function guestLayout(layout: Layout, known: ReadonlyMap<string, { forGuests?: boolean }>): Layout {
  const kept = Object.entries(layout).map(([region, widgets]) => {
    return [region, widgets.filter(({ type }) => known.get(type)?.forGuests)];
  });
  return Object.fromEntries(kept) as Layout;
}
