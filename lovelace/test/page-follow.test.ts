import { beforeEach, expect, test, vi } from "vitest";
import { hand } from "../dev/house.ts";
import { PageFollow } from "../src/page-follow.ts";

let page: HTMLElement;
let follow: PageFollow;
let still = false;

beforeEach(() => {
  vi.spyOn(window, "matchMedia").mockImplementation(() => ({ matches: still }) as MediaQueryList);
  still = false;
  page = document.createElement("div");
  follow = new PageFollow(() => [page]);
});

const swipe = (travel_x: number) => follow.move([hand({ travel_x })]);

test("the page goes with the hand, and back when it rests or is gone", () => {
  swipe(-1.4);
  expect(page.style.translate).toBe("-4.00cqi");
  swipe(-1.6);
  expect(page.style.translate).toBe("-4.80cqi");
  swipe(0);
  expect(page.style.translate).toBe("");
  swipe(1.4);
  follow.move([]);
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
