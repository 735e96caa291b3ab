import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { canTurn, PageTurn } from "../src/page-turn.ts";

const cancel = vi.fn();
const change = vi.fn(async () => undefined);
const leave = vi.fn(async () => undefined);
let still = false;

beforeEach(() => {
  vi.useFakeTimers();
  still = false;
  vi.spyOn(window, "matchMedia").mockImplementation(() => ({ matches: still }) as MediaQueryList);
  Object.defineProperty(Element.prototype, "animate", {
    configurable: true,
    writable: true,
    value: () => undefined,
  });
  for (const called of [cancel, change, leave]) called.mockClear();
});

afterEach(() => {
  Reflect.deleteProperty(Element.prototype, "animate");
  vi.useRealTimers();
});

/** A widget in this place, which is another once the page has changed. */
function widget(
  before: Partial<DOMRect>,
  after = before,
): HTMLElement & { animate: ReturnType<typeof vi.fn> } {
  const element = document.createElement("p");
  const place = () => (change.mock.calls.length > 0 ? after : before) as DOMRect;
  vi.spyOn(element, "getBoundingClientRect").mockImplementation(place);
  return Object.assign(element, { animate: vi.fn(() => ({ cancel })) });
}
const glass = () => widget({ left: 5, top: 5 });
const frames = (one: { animate: ReturnType<typeof vi.fn> }) => one.animate.mock.calls.map(([each]) => each);

test("what only the old page has fades where it hung, what only the new one has appears, what both have stays", async () => {
  const [clock, todos, log] = [{}, {}, {}].map(() => widget({ left: 10, top: 30, width: 20, height: 40 }));
  if (!clock || !todos || !log) throw new Error();
  const turn = new PageTurn(glass(), [clock, todos], [clock, log], 1);
  expect(turn.leaving).toEqual([todos]);
  expect(todos.style).toMatchObject({
    position: "absolute",
    left: "5px",
    top: "25px",
    width: "20px",
    height: "40px",
  });
  expect([todos.hasAttribute("leaving"), log.hasAttribute("arriving")]).toEqual([true, true]);
  const run = turn.run([change, change], leave);
  await vi.advanceTimersByTimeAsync(100);
  expect(change).toHaveBeenCalledTimes(2);
  const there = { opacity: 1, transform: "none" };
  expect(frames(todos)).toEqual([[there, { opacity: 0, transform: "translateX(-6%)" }]]);
  expect(frames(log)).toEqual([[{ opacity: 0, transform: "translateX(6%)" }, there]]);
  expect(frames(clock)).toEqual([]);
  expect(leave).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(400);
  await run;
  expect(leave).toHaveBeenCalledOnce();
  expect([todos.style.position, todos.style.left, todos.hasAttribute("leaving")]).toEqual(["", "", false]);
  expect(log.hasAttribute("arriving")).toBe(false);
  expect(cancel).toHaveBeenCalledTimes(2);
});

test("what is smaller on the new page comes to its place, but a list is no picture that grows", async () => {
  const clock = widget({ left: 0, top: 0, height: 40 }, { left: 4, top: 2, height: 20 });
  const list = widget({ left: 0, top: 0, height: 40 }, { left: 4, top: 0, height: 20 });
  list.attachShadow({ mode: "open" }).innerHTML = '<ul class="rows"></ul>';
  const gone = widget({ left: 0, top: 0, height: 40 }, { left: 0, top: 0, height: 0 });
  void new PageTurn(glass(), [clock, list, gone], [gone, list, clock], 1).run([change], leave);
  await vi.advanceTimersByTimeAsync(60);
  expect(frames(clock)).toEqual([[{ transform: "translate(-4px, -2px) scale(2)" }, { transform: "none" }]]);
  expect(frames(list)).toEqual([[{ transform: "translate(-4px, 0px) scale(1)" }, { transform: "none" }]]);
  expect(frames(gone)).toEqual([]);
});

test("a page that cannot be drawn does not leave the glass empty", async () => {
  const [todos, log] = [widget({}), widget({})];
  change.mockRejectedValueOnce(new Error("cannot be drawn"));
  const run = new PageTurn(glass(), [todos], [log], -1).run([change], leave);
  const failed = expect(run).rejects.toThrow("cannot be drawn");
  await vi.advanceTimersByTimeAsync(100);
  await failed;
  expect([todos.style.position, log.hasAttribute("arriving")]).toEqual(["", false]);
});

test("where motion is reduced, or nothing can be moved, nothing turns", () => {
  expect(canTurn()).toBe(true);
  still = true;
  expect(canTurn()).toBe(false);
  still = false;
  Reflect.deleteProperty(Element.prototype, "animate");
  expect(canTurn()).toBe(false);
});
