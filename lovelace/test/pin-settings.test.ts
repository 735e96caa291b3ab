import { afterEach, beforeEach, expect, test } from "vitest";
import { House, view } from "../dev/house.ts";
import type { MiraPinSettings } from "../src/settings/pin.ts";
import "../src/settings/pin.ts";
import de from "../src/texts/de/settings.json";
import en from "../src/texts/en/settings.json";

let card: MiraPinSettings;
let sent: Record<string, unknown>[];
let answer: object | Error;

/** Stands for Home Assistant's form. */
class Form extends HTMLElement {
  data: Record<string, unknown> = {};
  schema: { name: string; selector: object }[] = [];
  computeLabel?: (field: { name: string }) => string;
}

if (!customElements.get("ha-form")) customElements.define("ha-form", Form);

beforeEach(async () => {
  const house = new House(view);
  sent = [];
  answer = { outcome: "accepted" };
  house.connection.sendMessagePromise = async (message: Record<string, unknown>) => {
    sent.push(message);
    if (answer instanceof Error) throw answer;
    return answer as never;
  };
  card = document.createElement("mira-pin-settings") as MiraPinSettings;
  Object.assign(card, { hass: house.hass(), entryId: "entry", words: en });
  document.body.append(card);
  await card.updateComplete;
});

afterEach(() => card.remove());

const one = (selector: string) => card.renderRoot.querySelector<HTMLElement>(selector);
const form = () => one("ha-form") as Form;
const outcome = () => one('[data-test="pin-outcome"]')?.textContent;

async function enter(value: object): Promise<void> {
  form().dispatchEvent(new CustomEvent("value-changed", { detail: { value } }));
  await card.updateComplete;
}

async function press(name: string): Promise<void> {
  one(`[data-test="pin-${name}"]`)?.click();
  for (let turn = 0; turn < 3; turn += 1) await new Promise((done) => setTimeout(done));
}

test("without a PIN one can be set, and nothing keeps what was entered", async () => {
  expect(form().schema.map(({ name }) => name)).toEqual(["pin_new", "pin_again"]);
  expect(form().schema.every(({ selector }) => JSON.stringify(selector).includes('"type":"password"'))).toBe(
    true,
  );
  expect(one('[data-test="pin-remove"]')).toBeNull();
  await enter({ pin_new: "4711", pin_again: "4711" });
  await press("save");
  expect(sent).toEqual([{ type: "mira/set_pin", entry_id: "entry", pin: "4711", current: undefined }]);
  expect(outcome()).toBe("The PIN is set.");
  expect(form().data).toEqual({});
});

test.each([
  ["123", "123", en.pin_format],
  ["12345678901234", "12345678901234", en.pin_format],
  ["47 11", "47 11", en.pin_format],
  ["", "", en.pin_format],
  ["4711", "4712", en.pin_mismatch],
])("what is no PIN or mistyped is not sent: %s", async (pin_new, pin_again, words) => {
  await enter({ pin_new, pin_again });
  await press("save");
  expect(outcome()).toBe(words);
  expect(sent).toEqual([]);
  await enter({ pin_new: "4711", pin_again });
  expect(outcome()).toBeUndefined();
});

test("an empty form sets nothing", async () => {
  await press("save");
  expect(outcome()).toBe(en.pin_format);
});

test("a PIN is changed and removed with the current one", async () => {
  card.set = true;
  await card.updateComplete;
  expect(form().schema.map((field) => form().computeLabel?.(field))).toEqual([
    "Current PIN",
    "New PIN",
    "Repeat the new PIN",
  ]);
  await enter({ pin_current: "4711", pin_new: "0815", pin_again: "0815" });
  await press("save");
  expect(outcome()).toBe("The PIN is changed.");
  await enter({ pin_current: "0815" });
  await press("remove");
  expect(outcome()).toContain("The PIN is removed.");
  expect(sent.map(({ pin, current }) => [pin, current])).toEqual([
    ["0815", "4711"],
    [undefined, "0815"],
  ]);
});

test("a PIN that is set is neither changed nor removed without the current one, unlocked or not", async () => {
  card.set = true;
  await card.updateComplete;
  await press("remove");
  expect(outcome()).toBe("Enter the current PIN.");
  await enter({ pin_current: "", pin_new: "0815", pin_again: "0815" });
  await press("remove");
  expect(outcome()).toBe("Enter the current PIN.");
  await press("save");
  expect(outcome()).toBe("Enter the current PIN.");
  expect(sent).toEqual([]);
});

test.each([
  ["wrong_pin", "Falsche PIN. Gib die aktuelle PIN ein."],
  ["fault", de.pin_refused],
])("a refusal is told in the language of the reader: %s", async (reason, words) => {
  Object.assign(card, { words: de, set: true });
  await card.updateComplete;
  answer = { outcome: "rejected", reason };
  await enter({ pin_current: "4711" });
  await press("remove");
  expect(outcome()).toBe(words);
  expect(form().data).toEqual({});
});

test("a mirror that does not answer is told, and it can be tried again", async () => {
  answer = new Error("gone");
  await enter({ pin_new: "4711", pin_again: "4711" });
  await press("save");
  expect(outcome()).toBe(en.pin_no_answer);
  expect(one('[data-test="pin-save"]')?.hasAttribute("disabled")).toBe(false);
});
