import type { Pending } from "../protocol.ts";
import { fill, lookUp, type Texts } from "../texts.ts";
import { captureWords } from "./capture-words.ts";
import { pageName } from "./pages.ts";

/** As many todos as a question names. */
const NAMED = 3;

/** What is asked, in words. */
export function questionWords(question: Pending, texts: Texts): string {
  const { action, payload, risks } = question;
  if (action === "request_capture") return captureWords(question, texts);
  const risk = risks.map((name) => lookUp(texts, `ask_${name}`)).find(Boolean);
  const said = todosWords(question, texts) ?? risk;
  if (said) return said;
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

/** The same, with the names of the todos that it is about; null where it is about none, or says more in other words. */
function todosWords({ action, about = [], risks }: Pending, texts: Texts): string | null {
  const kind = [...risks, action].map((name) => `ask_${name}_${about.length === 1 ? "one" : "many"}`);
  const words = kind.map((key) => lookUp(texts, key)).find(Boolean);
  if (!words || about.length === 0) return null;
  const names = about.slice(0, NAMED).map(({ summary }) => summary);
  const todos = [...names, ...(about.length > NAMED ? ["…"] : [])].join(", ");
  return fill(words, { count: about.length, todos });
}
