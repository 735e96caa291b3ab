/** What the log says, in words. Plain functions: what is known of the mirror is in its events. */

import type { MiraEvent, Source } from "../protocol.ts";
import type { LogTexts } from "../texts.ts";
import { fill, lookUp, type Texts } from "../texts.ts";
import type { Formats } from "./formats.ts";
import { gestureName } from "./gesture.ts";
import { pageName } from "./pages.ts";
import { isWithdrawal, refusalOf } from "./refusal.ts";
import { refusalWords } from "./refusal-words.ts";

export type Outcome = "done" | "refused" | "asked";

/** What is kept of the log in a browser: a day of a busy house. */
const KEPT = 2_000;

/** Which decisions are shown: of one source or of all, and of those all or only what was refused. */
export interface LogFilter {
  source: Source | null;
  refused: boolean;
}

/** A filter as `mira/events` has it: decisions alone, not what they changed. */
export function asked({ source, refused }: LogFilter): Record<string, unknown> {
  return {
    event_type: refused ? ["rejected"] : ["accepted", "rejected"],
    ...(source ? { source: [source] } : {}),
  };
}

/** Both together, newest first, each once. */
export function merged(known: readonly MiraEvent[], more: readonly MiraEvent[]): MiraEvent[] {
  const bySeq = new Map([...known, ...more].map((event) => [event.seq, event]));
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, KEPT);
}

export function outcomeOf({ type, payload }: MiraEvent): Outcome {
  if (type === "rejected") return "refused";
  return payload?.outcome === "pending" ? "asked" : "done";
}

/** What was asked for, in words. */
export function wishWords({ action, payload = {} }: MiraEvent, log: LogTexts, texts: Texts): string {
  const { name, asked: wanted, on, status, summary, text, page } = payload;
  if (action === "gesture" && typeof name === "string") return gestureName(name, texts);
  const switched = typeof on === "boolean" ? `${action.replace("toggle", "set")}${on ? "_on" : "_off"}` : "";
  const known =
    lookUp(log, `action_${switched}`) ??
    lookUp(log, `action_${action}_${status}`) ??
    lookUp(log, `action_${action}`);
  if (typeof wanted === "string") return `${known ?? spoken(action)}: ${actionName(wanted, log)}`;
  const about = [summary, text, page].find((value) => typeof value === "string");
  if (!known || (known.includes("{") && about === undefined)) return actionName(action, log);
  return fill(known, { summary: String(about), text: String(about), page: pageName(String(about), texts) });
}

/** An action of which no more is known than its name. */
export function actionName(action: string, log: LogTexts): string {
  const keys = [`bare_${action}`, `action_${action}`, `action_${action.replace("set", "toggle")}`];
  return keys.map((key) => lookUp(log, key)).find(Boolean) ?? spoken(action);
}

/** What a policy of docs/arbitration.md looks at. */
export function policyName(policy: string, log: LogTexts): string {
  return lookUp(log, `policy_${policy}`) ?? spoken(policy);
}

/** Why it was refused, or a question withdrawn; empty where neither was. */
export function reasonOf(event: MiraEvent, texts: Texts, formats: Formats): string {
  if (isWithdrawal(event)) return refusalWords(refusalOf(event), texts, formats).what;
  return event.type === "rejected" ? refusalWords(refusalOf(event), texts, formats).why : "";
}

/** The decision that this one lost to, where the log has it: its values name the command. */
export function rivalOf(event: MiraEvent, events: readonly MiraEvent[]): MiraEvent | null {
  const winner = event.values?.command_id;
  return events.find(({ command_id }) => event.reason === "superseded" && command_id === winner) ?? null;
}

/** An identifier in the words it is made of: of what this display does not know. */
export function spoken(name: string): string {
  return name.replaceAll("_", " ");
}
