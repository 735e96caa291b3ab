import { lookUp, type Texts } from "../localize/index.ts";
import type { TodoItem } from "../protocol.ts";

/** A page's name in words; one that is not known keeps its own. */
export function pageName(page: string, texts: Texts): string {
  return lookUp(texts, `page_${page}`) ?? page;
}

/** 1 where the pages turn forward, -1 where they turn back: after the last comes the first. */
export function turnDirection(pages: string[], from: string, to: string): 1 | -1 {
  const distance = pages.indexOf(to) - pages.indexOf(from);
  if (pages.length > 2 && Math.abs(distance) === pages.length - 1) return distance < 0 ? 1 : -1;
  return distance < 0 ? -1 : 1;
}

/** What is still to do, in its order. */
export function openTodos(todos: TodoItem[]): TodoItem[] {
  return todos.filter((todo) => todo.status !== "completed");
}
