import type { Scene } from "../../../dev/scene.ts";
import { long, todos } from "../../../dev/today.ts";

/** Of those that are kept as pictures. */
export const captions = {
  todos: "All todos",
};

export default {
  todos: (house) => house.showState({ page: "todos" }),
  few: (house) => house.showState({ todos: todos.slice(0, 3) }),
  empty: (house) => house.showState({ todos: [] }),
  all_done: (house) => house.showState({ todos: todos.map((todo) => ({ ...todo, status: "completed" })) }),
  empty_todos: (house) => house.showState({ page: "todos", todos: [] }),
  long_texts: (house) =>
    house.showState({
      todos: todos.slice(0, 8).map((todo) => ({ ...todo, summary: `${todo.summary}: ${long}` })),
    }),
  long_todos: (house) =>
    house.showState({
      page: "todos",
      todos: todos.map((todo, index) =>
        index % 3 ? todo : { ...todo, summary: `${todo.summary}: ${long}` },
      ),
    }),
} satisfies Record<string, Scene>;
