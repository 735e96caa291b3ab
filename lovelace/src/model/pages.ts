import type { TodoItem } from "../protocol.ts";
import { lookUp, type Texts } from "../texts.ts";

/** A page's name in words; one that is not known keeps its own. */
export function pageName(page: string, texts: Texts): string {
  return lookUp(texts, `page_${page}`) ?? page;
}

/** What is still to do, in its order. */
export function openTodos(todos: TodoItem[]): TodoItem[] {
  return todos.filter((todo) => todo.status !== "completed");
}
