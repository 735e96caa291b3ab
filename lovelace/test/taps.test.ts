import { expect, test, vi } from "vitest";
import { guardTaps, isEarly } from "../src/taps.ts";

const host = document.createElement("div");
const control = document.createElement("button");
host.append(control);
guardTaps(host);
const tapped = vi.fn();
control.addEventListener("click", tapped);

/** A tap at this time and place; how many the control has taken then. */
function tap(timeStamp: number, clientX = 100, detail = 1): number {
  const event = new MouseEvent("click", { bubbles: true, detail, clientX, clientY: 100 });
  Object.defineProperty(event, "timeStamp", { value: timeStamp });
  control.dispatchEvent(event);
  return tapped.mock.calls.length;
}

test("a control takes no second tap at the same place for 400 ms; elsewhere, later and by a key it does", () => {
  expect(tap(1_000)).toBe(1);
  expect(tap(1_030, 105)).toBe(1);
  expect(tap(1_400)).toBe(1);
  expect(tap(1_401)).toBe(2);
  expect(tap(1_500, 300)).toBe(3);
  expect(tap(1_510, 300, 0)).toBe(4);
  expect(tap(1_520, 300, 0)).toBe(5);
});

test("a tap on a label reaches its control, and a second one at once does not", () => {
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  label.append("Camera on", box);
  host.append(label);
  const reached = vi.fn();
  box.addEventListener("click", reached);
  let handedOn = false;
  label.addEventListener("click", (event) => {
    if (event.target !== label) return;
    handedOn = true;
    event.preventDefault(); // done below, with the detail that browsers give it
  });
  const click = (target: HTMLElement, timeStamp: number, x: number) => {
    const event = new MouseEvent("click", { bubbles: true, cancelable: true, detail: 1, clientX: x });
    Object.defineProperty(event, "timeStamp", { value: timeStamp });
    target.dispatchEvent(event);
    return event.defaultPrevented;
  };
  const tapLabel = (timeStamp: number) => {
    handedOn = false;
    const prevented = click(label, timeStamp, 100);
    if (handedOn) click(box, timeStamp, 100);
    else expect(prevented).toBe(true);
    return reached.mock.calls.length;
  };
  expect([tapLabel(5_000), tapLabel(5_050), tapLabel(6_000)]).toEqual([1, 1, 2]);
  click(box, 7_000, 300);
  click(box, 7_050, 300);
  expect(reached).toHaveBeenCalledTimes(3);
});

test("a tap is too early for what came less than 400 ms ago", () => {
  const at = (timeStamp: number, detail = 1) => isEarly({ timeStamp, detail }, 1_000);
  expect([at(1_001), at(1_400), at(1_401), at(1_001, 0)]).toEqual([true, true, false, false]);
});
