import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { House, state, view } from "../dev/house.ts";
import "../src/settings/choice.ts";
import { isDisplay, keep, kept, namedIn } from "../src/which.ts";
import { Glass, loaded, settle } from "./glass.ts";

let house: House;
let glass: Glass;

const REFUSED = {
  ambiguous: { code: "ambiguous_mirror", message: "There are several mirrors" },
  unknown: { code: "not_found", message: "No such", translation_placeholders: { mirror: "attic" } },
  away: { code: "not_loaded", message: "Not loaded", translation_placeholders: { mirror: "Hall" } },
};

beforeAll(loaded);

beforeEach(() => {
  vi.spyOn(window, "matchMedia").mockReturnValue({ matches: true } as MediaQueryList);
  vi.useFakeTimers({ now: Date.parse("2026-11-20T12:00:00.000Z") });
  localStorage.clear();
  house = new House({ ...view, mirror: { ...view.mirror, unique_id: "sidecar" }, state });
  glass = new Glass(house);
});

afterEach(() => {
  glass.panel.remove();
  vi.useRealTimers();
});

async function open(path: string): Promise<void> {
  glass.panel.route = { path };
  await (glass.panel.isConnected ? settle() : glass.hang());
}

const shown = () => glass.panel.renderRoot.querySelectorAll("mira-choice").length;

test("the display shows the mirror that its address names", async () => {
  await open("/Hall%20mirror");
  expect(house.asked).toEqual({
    type: "mira/subscribe",
    mirror: ["Hall mirror"],
    live: true,
    voice: true,
    patches: true,
  });
});

test("it remembers its mirror, and shows it again where the address names none", async () => {
  await open("/hall");
  glass.panel.remove();
  glass = new Glass(house);
  await open("");
  expect(house.asked).toMatchObject({ mirror: ["entry", "sidecar"] });
  expect(house.subscriptions).toBe(2);
});

test("another address is another mirror, of which nothing of the first is left", async () => {
  house.view = { ...house.view, state: { ...state, todos: [{ uid: "1", summary: "Of the hall" }] } };
  await open("/hall");
  expect(glass.all("todo")).toHaveLength(1);
  house.refuse = REFUSED.away;
  await open("/bath");
  expect(house.asked).toMatchObject({ mirror: ["bath"] });
  expect(glass.all("todo")).toEqual([]);
  expect(kept()).toEqual(["entry", "sidecar"]);
});

test("its settings leave the mirror as it is, and so does the way back from them", async () => {
  await open("/hall");
  await open("/settings");
  await open("");
  expect(house.subscriptions).toBe(1);
});

test("where nobody has said which of two mirrors it is, it asks and does not choose", async () => {
  house.refuse = REFUSED.ambiguous;
  await open("");
  expect(glass.text()).toContain("Which mirror is this?");
  expect(glass.all("todo")).toEqual([]);
  expect(glass.all("mirror").map((mirror) => mirror.textContent?.trim())).toEqual(["Bath", "Hall"]);
  glass.all("mirror")[1]?.click();
  expect(location.pathname).toBe("/mira/hall");
  house.refuse = null;
  await open("/hall");
  expect(shown()).toBe(0);
  expect(house.asked).toMatchObject({ mirror: ["hall"] });
});

test("two mirrors of one id are told apart by their entries, and one that is not loaded says so", async () => {
  house.refuse = REFUSED.ambiguous;
  house.mirrors = [
    { entry_id: "one", id: "hall", name: "Hall", loaded: true },
    { entry_id: "two", id: "hall", name: "Bath", loaded: false },
  ];
  await open("/hall");
  expect(glass.all("mirror")[1]?.textContent).toContain("Not loaded");
  glass.all("mirror")[1]?.click();
  expect(location.pathname).toBe("/mira/two");
});

test("a mirror that is not loaded is waited for, and no other one shown", async () => {
  house.refuse = REFUSED.away;
  await open("/hall");
  expect(glass.words("waiting")).toBe("Hall is not loaded in Home Assistant. This display waits for it.");
  expect(shown()).toBe(0);
  house.refuse = null;
  await settle(2_000);
  expect(glass.all("waiting")).toEqual([]);
  expect(house.asked).toMatchObject({ mirror: ["hall"] });
});

test("a mirror that is not there is asked for by name; one that was there has no name any more", async () => {
  house.refuse = REFUSED.unknown;
  await open("/attic");
  expect(glass.text()).toContain("There is no mirror attic in Home Assistant.");
  keep({ ...view.mirror, entry_id: "attic" });
  glass.panel.remove();
  glass = new Glass(house);
  await open("");
  expect(glass.text()).toContain("The mirror of this display is no longer in Home Assistant.");
});

test("whoever wants another mirror is shown all of them, also those that come later", async () => {
  await open("/mirrors");
  expect(glass.all("mirror")).toHaveLength(2);
  house.mirrors.push({ entry_id: "attic", id: "attic", name: "Attic", loaded: true });
  await settle(6_000);
  expect(glass.all("mirror")).toHaveLength(3);
  house.connection.sendMessagePromise = () => Promise.reject(3);
  await settle(6_000);
  expect(glass.all("mirror")).toHaveLength(3);
});

test("an address names a mirror, a page of the panel's own or nothing", () => {
  expect(["", "/", "/settings", "/mirrors", "/hall", "/hall/more", "/%"].map(namedIn)).toEqual([
    ...["", "", "", "", "hall", "hall", "%"],
  ]);
  expect(namedIn(undefined)).toBe("");
  const pages = ["/mira", "/mira/hall", "/mira/settings", "/mira/settings/talk", "/mirage", "/"];
  expect(pages.map(isDisplay)).toEqual([true, true, false, false, false, false]);
});

test("a mirror of an older integration is remembered by its entry", () => {
  keep(view.mirror);
  expect(kept()).toEqual(["entry"]);
});

test("what is remembered already is not written again", () => {
  keep(view.mirror);
  const write = vi.spyOn(localStorage, "setItem");
  keep(view.mirror);
  expect(write).not.toHaveBeenCalled();
  keep({ ...view.mirror, entry_id: "attic" });
  expect(kept()).toEqual(["attic"]);
});
