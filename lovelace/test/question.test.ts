import { expect, test } from "vitest";
import { question, state } from "../dev/house.ts";
import { ownQuestion } from "../src/model/question.ts";
import { questionWords } from "../src/model/question-words.ts";
import { textsOf } from "../src/texts.ts";

const [en, de] = await Promise.all([textsOf("en"), textsOf("de")]);

const asked = (action: string, payload = {}, risks: string[] = []) => question({ action, payload, risks });

test("a risk is asked in its own words, whatever would bring it about", () => {
  expect(questionWords(asked("toggle_camera", {}, ["camera_on"]), en)).toBe("Turn the camera on?");
  expect(questionWords(asked("undo", {}, ["microphone_on"]), en)).toBe("Turn the microphone on?");
  expect(questionWords(asked("clear_completed_todos", {}, ["clear_completed_todos"]), de)).toBe(
    "Erledigte Aufgaben löschen?",
  );
});

test("what an automation has asked back is told as what it would do", () => {
  expect(questionWords(asked("set_camera", { on: false }), en)).toBe("Turn the camera off?");
  expect(questionWords(asked("set_camera", { on: true }), en)).toBe("Turn the camera on?");
  expect(questionWords(asked("add_todo", { summary: "Buy milk" }), en)).toBe("Add “Buy milk”?");
  expect(questionWords(asked("show_page", { page: "clock" }), de)).toBe("„Uhr“ zeigen?");
  expect(questionWords(asked("next_page"), en)).toBe("Carry out “next page”?");
});

const milk = { uid: "1", summary: "Buy milk" };
const many = ["Milk", "Bread", "Tea", "Salt"].map((summary) => ({ uid: summary, summary }));

test("a question about todos names them", () => {
  const about = (action: string, todos: typeof many, risks: string[] = []) => ({
    ...asked(action, {}, risks),
    about: todos,
  });
  expect(questionWords(about("remove_todos", [milk]), en)).toBe("Remove “Buy milk”?");
  expect(questionWords(about("remove_todos", many.slice(0, 2)), en)).toBe("Remove 2 to-dos: Milk, Bread?");
  const all = about("remove_todos", many, ["remove_todo", "clear_completed_todos"]);
  expect(questionWords(all, en)).toBe("Remove 4 completed to-dos: Milk, Bread, Tea, …?");
  expect(questionWords(all, de)).toBe("4 erledigte Aufgaben entfernen: Milk, Bread, Tea, …?");
  expect(questionWords(about("remove_todos", [milk], ["remove_todo", "clear_completed_todos"]), en)).toBe(
    "Remove “Buy milk”?",
  );
  expect(questionWords(about("undo", [milk]), en)).toBe("Undo the last change to “Buy milk”?");
  expect(questionWords(about("undo", []), en)).toBe("Undo the last change?");
  expect(questionWords({ ...asked("add_todo", { summary: "Buy milk" }), about: [milk] }, en)).toBe(
    "Add “Buy milk”?",
  );
});

test("who is to show a gesture is asked by its name", () => {
  expect(questionWords(asked("teach_gesture", { name: "greeting" }), en)).toBe(
    "Learn “greeting” from you now?",
  );
});

test("a question of an automation's own is told in its own words", () => {
  expect(questionWords(asked("ask", { text: "Close the blinds?", duration_ms: 30_000 }), en)).toBe(
    "Close the blinds?",
  );
});

test("a sign knows the question that a tap on it has led to, and no other", () => {
  const asking = { ...state, pending: question() };
  expect(ownQuestion(asking, "camera")?.command_id).toBe("command-asked");
  expect(ownQuestion(asking, "microphone")).toBeNull();
  expect(ownQuestion({ ...state, pending: question({ source: "automation" }) }, "camera")).toBeNull();
  expect(ownQuestion(state, "camera")).toBeNull();
});
