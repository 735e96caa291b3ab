import { expect, test } from "vitest";
import { glassView } from "../src/model/view.ts";

test("what is asked has the glass before a message, that before the page, and one thing before many", () => {
  expect(glassView("pin", true, true)).toBe("pin");
  expect(glassView("question", true, true)).toBe("question");
  expect(glassView("", true, true)).toBe("message");
  expect(glassView("", false, true)).toBe("full");
  expect(glassView("", false, false)).toBe("page");
});
