import { expect, test } from "vitest";
import cases from "../../tests/contract/patches.json" with { type: "json" };
import { view } from "../dev/house.ts";
import { type Operation, patched } from "../src/json-patch.ts";
import { patchedView } from "../src/model/display.ts";

test.each(Object.entries(cases))("%s: the display comes to the same as the integration", (_name, one) => {
  const { before, patch, after } = structuredClone(one);
  expect(patched<unknown>(before, patch as Operation[])).toEqual(after);
  expect(before, "what is shown is not changed under it").toEqual(one.before);
});

test("what a patch does not touch stays the very same", () => {
  const before = { page: "home", todos: [{ uid: "a" }, { uid: "b", status: "needs_action" }], devices: {} };
  const after = patched(before, [{ op: "replace", path: "/todos/1/status", value: "completed" }]);
  expect(after.todos[1]).toEqual({ uid: "b", status: "completed" });
  expect(after.todos[0]).toBe(before.todos[0]);
  expect(after.devices).toBe(before.devices);
});

test("a place behind the last one of a list has a name", () => {
  expect(patched(["a"], [{ op: "add", path: "/-", value: "b" }])).toEqual(["a", "b"]);
});

test.each<Operation>([
  { op: "replace", path: "", value: 1 },
  { op: "remove", path: "/away" },
  { op: "replace", path: "/away", value: 1 },
  { op: "add", path: "/away/page", value: 1 },
  { op: "add", path: "/page/inside", value: 1 },
  { op: "add", path: "/nothing/inside", value: 1 },
  { op: "add", path: "/todos/2", value: 1 },
  { op: "remove", path: "/todos/1" },
  { op: "remove", path: "/todos/-" },
  { op: "replace", path: "/todos/first", value: 1 },
  { op: "replace", path: "/todos/-1", value: 1 },
])("$op at '$path' leads nowhere, and is noticed", (operation) => {
  const document = { page: "home", todos: ["a"], nothing: null };
  expect(() => patched(document, [operation])).toThrow("nowhere");
});

test("a view comes only of the view that its patch was made for", () => {
  const patch: Operation[] = [{ op: "replace", path: "/connected", value: false }];
  const message = { type: "patch", from: view.number, patch, now: "2026-11-20T12:00:00.000Z" } as const;
  expect(patchedView(view, message)).toEqual({ ...view, connected: false, now: message.now });
  expect(patchedView(null, message)).toBeNull();
  expect(patchedView(view, { ...message, from: view.number + 1 })).toBeNull();
  expect(patchedView(view, { ...message, patch: [{ op: "remove", path: "/away" }] })).toBeNull();
});
