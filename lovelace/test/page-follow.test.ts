import type { ReactiveControllerHost } from "lit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hand } from "../dev/house.ts";
import { LiveHands } from "../src/live-hands.ts";
import { PageFollow } from "../src/page-follow.ts";

let live: LiveHands;
let page: HTMLElement;
let follow: PageFollow;
let still = false;

beforeEach(() => {
  vi.spyOn(window, "matchMedia").mockImplementation(() => ({ matches: still }) as MediaQueryList);
  still = false;
  live = new LiveHands();
  page = document.createElement("div");
  follow = new PageFollow(
    { addController: () => undefined } as unknown as ReactiveControllerHost,
    live,
    () => [page],
  );
  follow.hostConnected();
});

afterEach(() => {
  follow.hostDisconnected();
  live.lose();
});

const swipe = (travel_x: number) => live.take({ ts: "", hands: [hand({ travel_x })] });

test("the page goes with the hand, and back when it rests or is gone", () => {
  swipe(-1.4);
  expect(page.style.translate).toBe("-4.00%");
  swipe(0);
  expect(page.style.translate).toBe("");
  swipe(1.4);
  live.lose();
  expect(page.style.translate).toBe("");
});

test("a page that was turned stays where it is while the same movement goes on", () => {
  swipe(-1.9);
  follow.turned();
  expect(page.style.translate).toBe("");
  swipe(-2.2);
  expect(page.style.translate).toBe("");
});

test("where motion is reduced, pages stay in their place", () => {
  still = true;
  swipe(-1.4);
  expect(page.style.translate).toBeFalsy();
});

test("what was taken away follows no hand", () => {
  follow.hostDisconnected();
  swipe(-1.4);
  expect(page.style.translate).toBeFalsy();
});
