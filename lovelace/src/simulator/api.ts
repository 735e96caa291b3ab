/** What a sidecar's API is asked for over HTTP. Nothing goes anywhere but to its address: it may lead nowhere else. */
import { isMixed } from "./address.ts";
import { type Problem, problemOf } from "./session.ts";

const PATIENCE_MS = 5_000;
const SOCKET = "/ws/interact";

export type Answer = { body: Record<string, unknown>; problem?: never } | { problem: Problem; body?: never };

/** Whether it works, and which version it has. */
export function health(base: string): Promise<Answer> {
  return asked(base, "/api/health");
}

/** What the mirror remembers of somebody. The key is sent where there is such a route: of one that is missing, a browser would not let the page see that. */
export async function memory(base: string, key: string, person: string): Promise<Answer> {
  const path = `/api/users/${encodeURIComponent(person)}/memory`;
  const { problem } = await asked(base, path);
  if (problem?.code === "NOT_FOUND") return { problem: { code: "no_memory" } };
  return problem?.code === "KEY_MISSING"
    ? asked(base, path, key)
    : { problem: problem ?? { code: "not_mira" } };
}

/** Why no WebSocket could be opened: a browser tells no page. */
export async function whyNoSocket(base: string): Promise<Problem> {
  const { problem } = await asked(base, SOCKET);
  const codes: Record<string, string> = { WEBSOCKET_NEEDED: "no_websocket", NOT_FOUND: "no_talk" };
  return problem ? { ...problem, code: codes[problem.code] ?? problem.code } : { code: "not_mira" };
}

async function asked(base: string, path: string, key?: string): Promise<Answer> {
  const answer = await sent(`${base}${path}`, key ? { headers: { "X-API-Key": key } } : {});
  if (!answer) return { problem: await whyNoAnswer(base) };
  const body: unknown = await answer.json().catch(() => null);
  if (!(body instanceof Object)) return { problem: { code: "not_mira" } };
  return answer.ok
    ? { body: body as Record<string, unknown> }
    : { problem: problemOf(body as Record<string, unknown>) };
}

/** A page from elsewhere sees no answer of a sidecar that does not allow it; but that there is one it sees. */
async function whyNoAnswer(base: string): Promise<Problem> {
  if (isMixed(location.origin, base)) return { code: "mixed" };
  // Such a request may not forbid to be led elsewhere; there is nothing in it that anybody could learn.
  const isThere = await sent(`${base}/health`, { mode: "no-cors", redirect: "follow" });
  if (isThere) return { code: "ORIGIN_NOT_ALLOWED" };
  return { code: base.startsWith("https:") ? "unreachable_https" : "unreachable" };
}

/** The answer; null: there is none that the page may see. */
function sent(url: string, more: RequestInit): Promise<Response | null> {
  return fetch(url, {
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(PATIENCE_MS),
    ...more,
  }).catch(() => null);
}
