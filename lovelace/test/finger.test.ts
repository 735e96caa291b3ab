import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hand } from "../dev/house.ts";
import { ASKED_FOR, type AskedFor } from "../src/components/command.ts";
import { Finger } from "../src/finger.ts";

let page: HTMLElement;
const asked: AskedFor[] = [];
let finger: Finger;

beforeEach(() => {
  page = document.createElement("div");
  document.body.append(page);
  asked.length = 0;
  page.addEventListener(ASKED_FOR, (event) => asked.push((event as CustomEvent<AskedFor>).detail));
  finger = new Finger(() => [page]);
  vi.spyOn(HTMLElement.prototype, "checkVisibility").mockReturnValue(true);
});

afterEach(() => page.remove());

const points = () => finger.move([hand({ pose: "pointing_up", held_ms: 0 })]);
const seen = { commandId: "c", name: "pointing_up", confidence: null };

function list(): HTMLElement {
  const found = document.createElement("mira-todos");
  page.append(found);
  return found;
}

test("a list that is not loaded yet has nothing to point at", () => {
  list();
  points();
  finger.accept(seen);
  expect(asked).toEqual([]);
});

test("a finger that is held completes what it points at", () => {
  list().attachShadow({
    mode: "open",
  }).innerHTML = `<div class="row"><span data-test="todo" data-status="needs_action" data-uid="7"></span></div>`;
  points();
  finger.accept(seen);
  expect(asked.map(({ command }) => command)).toEqual([
    { action: "update_todo", payload: { uid: "7", status: "completed" } },
  ]);
});
