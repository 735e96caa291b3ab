import { expect, test } from "vitest";
import { openTodos, pageName } from "../src/model/pages.ts";
import { turnDirection } from "../src/page-turn.ts";
import { textsOf } from "../src/texts.ts";

const pages = ["home", "todos", "clock"];

test("pages turn in their order, and around the ends", () => {
  expect(turnDirection(pages, "home", "todos")).toBe(1);
  expect(turnDirection(pages, "clock", "todos")).toBe(-1);
  expect(turnDirection(pages, "clock", "home")).toBe(1);
  expect(turnDirection(pages, "home", "clock")).toBe(-1);
});

test("of two pages the second lies after the first", () => {
  expect(turnDirection(["home", "todos"], "home", "todos")).toBe(1);
  expect(turnDirection(["home", "todos"], "todos", "home")).toBe(-1);
});

test("a page that is not known keeps its name", async () => {
  const de = await textsOf("de");
  expect(pageName("garden", de)).toBe("garden");
  expect(pageName("todos", de)).toBe("Aufgaben");
});

test("what is open stays in its order", () => {
  const todos = [
    { uid: "1", summary: "a", status: "completed" as const },
    { uid: "2", summary: "b", status: "needs_action" as const },
    { uid: "3", summary: "c" },
  ];
  expect(openTodos(todos).map((todo) => todo.uid)).toEqual(["2", "3"]);
});
