import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { turnPage } from "../src/page-turn.ts";

const PAGES = ["home", "todos"];
const FORWARD: [string, string] = ["home", "todos"];
const BACK: [string, string] = ["todos", "home"];
const cancel = vi.fn();
const animate = vi.fn((_frames: unknown) => ({ cancel }));
const change = vi.fn(async () => undefined);
const part = { animate } as unknown as HTMLElement;
let still = false;

beforeEach(() => {
  vi.useFakeTimers();
  still = false;
  vi.spyOn(window, "matchMedia").mockImplementation(() => ({ matches: still }) as MediaQueryList);
  Object.defineProperty(Element.prototype, "animate", { configurable: true, value: animate });
  for (const called of [cancel, animate, change]) called.mockClear();
});

afterEach(() => {
  Reflect.deleteProperty(Element.prototype, "animate");
  document.dir = "ltr";
  vi.useRealTimers();
});

const away = () => animate.mock.calls[0]?.[0];
const moved = (where: string) => expect.objectContaining({ transform: `translateX(${where})` });

test("the parts slide away, then the page is another, and its parts slide in from the other side", async () => {
  const turned = turnPage(() => [part], PAGES, FORWARD, [change, change]);
  expect(away()).toEqual(moved("-6%"));
  expect(change).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(150);
  await turned;
  expect(change).toHaveBeenCalledTimes(2);
  expect(cancel).toHaveBeenCalledTimes(1);
  expect(animate.mock.calls[1]?.[0]).toEqual([moved("6%"), expect.objectContaining({ transform: "none" })]);
});

test("where one reads from the right, the next page comes from the left", async () => {
  document.dir = "rtl";
  const turned = turnPage(() => [part], PAGES, FORWARD, [change, change]);
  expect(away()).toEqual(moved("6%"));
  await vi.advanceTimersByTimeAsync(150);
  await turned;
});

test("a page that cannot be drawn does not leave the glass empty", async () => {
  change.mockRejectedValueOnce(new Error("cannot be drawn"));
  const turned = expect(turnPage(() => [part], PAGES, FORWARD, [change])).rejects.toThrow("cannot be drawn");
  await vi.advanceTimersByTimeAsync(150);
  await turned;
  expect(cancel).toHaveBeenCalledTimes(1);
});

test("where motion is reduced, or nothing can be moved, the page is another at once", async () => {
  still = true;
  await turnPage(() => [part], PAGES, BACK, [change]);
  still = false;
  Reflect.deleteProperty(Element.prototype, "animate");
  await turnPage(() => [part], PAGES, BACK, [change]);
  expect(change).toHaveBeenCalledTimes(2);
  expect(animate).not.toHaveBeenCalled();
});
