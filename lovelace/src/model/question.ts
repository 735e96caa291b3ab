import { fill, lookUp, type Texts } from "../localize/index.ts";
import type { DeviceName, Pending, State } from "../protocol.ts";
import { pageName } from "./pages.ts";

/** What is asked, in words. */
export function questionWords({ action, payload, risks }: Pending, texts: Texts): string {
  const risk = risks.map((name) => lookUp(texts, `ask_${name}`)).find(Boolean);
  if (risk) return risk;
  const switched = payload.on === true ? "_on" : payload.on === false ? "_off" : "";
  const known = lookUp(texts, `ask_${action.replace("set_", "")}${switched}`);
  const { summary, page } = payload;
  return fill(known ?? texts.ask_other, {
    summary: String(summary),
    text: String(payload.text),
    name: String(payload.name),
    page: pageName(String(page), texts),
    action: action.replaceAll("_", " "),
  });
}

/** The question that a tap on the sign of this device has led to: another tap takes it back. */
export function ownQuestion(state: State, device: DeviceName): Pending | null {
  const { pending } = state;
  return pending?.source === "touch" && pending.action.endsWith(`_${device}`) ? pending : null;
}
