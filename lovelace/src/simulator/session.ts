/**
 * A talk over `/ws/interact`: what happens goes in, what the page shows comes out. Plain functions; times are in ms, of
 * any clock that only goes forward.
 */

/** Of everything that came and was not expected, so much is kept. */
const MOST_STRANGE = 20;
/** For so long nothing comes before the page says that it takes long. */
export const SLOW_MS = 10_000;

/** What went wrong: a code of the sidecar's in capitals, or one of the page's own. */
export interface Problem {
  code: string;
  /** What the sidecar says of it, in English. */
  detail?: string | undefined;
  /** What it is about, such as a field or a capability. */
  details?: string | undefined;
  /** Of the request or connection, as the sidecar's log has it. */
  requestId?: string | undefined;
}

/** What an answer has in its text, in the order in which it came; `ms`: since everything was said. */
export type Part =
  | { type: "emotion"; ms: number; tag: string; emoji: string; hexcode: string }
  | { type: "chunk"; ms: number; text: string }
  | { type: "capture"; ms: number; kind: string };

/** A movement that an answer asks for. */
export interface Move {
  description: string;
  steps: number;
  durationMs: number;
}

export interface Meta {
  emojis: string[];
  moves: Move[];
  /** What was understood of a sound. */
  heard: string | null;
}

/** Something that was said, and what came of it. */
export interface Turn {
  /** The text, or the name of the file. */
  said: string;
  sound: boolean;
  /** When all of it was sent; null: not yet. */
  at: number | null;
  /** When something came last. */
  lastAt: number;
  parts: Part[];
  meta: Meta | null;
  /** Null: it is still being answered. */
  end: { outcome: "answered" | "interrupted" | "failed" | "broke_off"; ms: number } | null;
  problem: Problem | null;
}

export interface Session {
  link: "closed" | "connecting" | "open";
  /** As the sidecar calls it. */
  id: string;
  turns: Turn[];
  /** Why there is no connection. */
  problem: Problem | null;
  /** What came and was not expected: the types of messages. */
  strange: string[];
}

export type Happening =
  | { type: "connect" }
  /** A message of the WebSocket's. */
  | { type: "message"; data: unknown }
  /** The WebSocket is closed, or could not be opened. */
  | { type: "closed"; problem: Problem }
  /** Somebody wants no connection any more. */
  | { type: "leave" }
  | { type: "say"; said: string; sound: boolean }
  /** All of it is sent. */
  | { type: "sent" }
  /** Somebody wants no answer any more. */
  | { type: "cancel" }
  /** It could not be sent. */
  | { type: "unsent"; problem: Problem };

type Message = Record<string, unknown>;

export const CLOSED: Session = { link: "closed", id: "", turns: [], problem: null, strange: [] };

/** The session after something has happened. */
export function after(session: Session, happening: Happening, now: number): Session {
  switch (happening.type) {
    case "connect":
      return { ...CLOSED, link: "connecting" };
    case "message":
      return heard(session, happening.data, now);
    case "closed":
      return ended(session, session.problem ?? happening.problem, now);
    case "leave":
      return ended(session, null, now);
    case "say": {
      const { said, sound } = happening;
      const turn = { said, sound, at: null, lastAt: now, parts: [], meta: null, end: null, problem: null };
      return { ...session, turns: [...session.turns, turn] };
    }
    case "sent":
      return changed(session, () => ({ at: now, lastAt: now }));
    case "cancel":
      // What was sent is answered, and be it with its end; what is still being sent never is.
      return changed(session, (turn) => (turn.at === null ? over(turn, "interrupted", now) : {}));
    case "unsent":
      return changed(session, (turn) => ({ ...over(turn, "failed", now), problem: happening.problem }));
  }
}

/** What is being answered; undefined: nothing is. */
export function openTurn(session: Session): Turn | undefined {
  const turn = session.turns.at(-1);
  return turn?.end ? undefined : turn;
}

/** Whether nothing has come for so long that somebody may wonder. */
export function isSlow({ end, at, lastAt }: Turn, now: number): boolean {
  return !end && at !== null && now - lastAt >= SLOW_MS;
}

/** The milliseconds to the first emotion, to the first words and to the end; null where there was none. */
export function figuresOf({ parts, end }: Turn): {
  emotion: number | null;
  words: number | null;
  end: number | null;
} {
  const first = (type: Part["type"]) => parts.find((part) => part.type === type)?.ms ?? null;
  return { emotion: first("emotion"), words: first("chunk"), end: end?.ms ?? null };
}

/** What was said in an answer. */
export function textOf({ parts }: Turn): string {
  return parts.map((part) => (part.type === "chunk" ? part.text : "")).join("");
}

/** What was expressed last. */
export function emotionOf({ turns }: Session): Extract<Part, { type: "emotion" }> | undefined {
  return turns.flatMap(({ parts }) => parts).findLast((part) => part.type === "emotion");
}

/** What an error of the sidecar's says. */
export function problemOf({ error_code: code, detail, error, request_id: requestId }: Message): Problem {
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  const { details } = Object(error) as { details?: unknown };
  return {
    code: text(code) ?? "not_mira",
    detail: text(detail),
    details: text(details),
    requestId: text(requestId),
  };
}

function heard(session: Session, data: unknown, now: number): Session {
  const message = messageIn(data);
  const type = message ? String(message.type) : "";
  if (session.link === "closed" || !message) return strange(session, type);
  if (type === "auth_ok" && session.link === "connecting")
    return { ...session, link: "open", id: String(message.session_id) };
  if (type === "error") return refused(session, problemOf(message), now);
  const turn = openTurn(session);
  const news = turn && session.link === "open" ? newsOf(turn, type, message, now) : null;
  return news ? changed(session, () => ({ ...news, lastAt: now })) : strange(session, type);
}

function messageIn(data: unknown): Message | null {
  try {
    const message: unknown = JSON.parse(String(data));
    return message instanceof Object ? (message as Message) : null;
  } catch {
    return null;
  }
}

/** Outside of an answer, the sidecar refuses the key, or the person: then there is nothing to talk about. */
function refused(session: Session, problem: Problem, now: number): Session {
  if (!openTurn(session)) return { ...session, link: "closed", problem };
  return changed(session, (turn) => ({ ...over(turn, "failed", now), problem, lastAt: now }));
}

/** What a message changes in the turn that is being answered; null: it is none of an answer. */
function newsOf(turn: Turn, type: string, message: Message, now: number): Partial<Turn> | null {
  const ms = since(turn, now);
  const part = partOf(type, message, ms);
  if (part) return { parts: [...turn.parts, part] };
  if (type === "response_meta") return { meta: metaOf(message) };
  if (type === "stream_end")
    return over(turn, message.outcome === "interrupted" ? "interrupted" : "answered", now);
  return null;
}

function partOf(type: string, { tag, emoji, hexcode, text, kind }: Message, ms: number): Part | null {
  if (type === "emotion") {
    return { type, ms, tag: String(tag), emoji: String(emoji), hexcode: String(hexcode) };
  }
  if (type === "text_chunk") return { type: "chunk", ms, text: String(text) };
  if (type === "capture_request") return { type: "capture", ms, kind: String(kind) };
  return null;
}

function metaOf({ emojis, actions, heard }: Message): Meta {
  return {
    emojis: listOf(emojis).map(String),
    moves: listOf(actions).map((action) => {
      const { move } = Object(action) as { move?: unknown };
      const { description, steps, total_duration_ms } = Object(move) as Message;
      return {
        description: String(description),
        steps: listOf(steps).length,
        durationMs: Number(total_duration_ms),
      };
    }),
    heard: typeof heard === "string" ? heard : null,
  };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function ended(session: Session, problem: Problem | null, now: number): Session {
  const before = changed(session, (turn) => over(turn, problem ? "broke_off" : "interrupted", now));
  return { ...before, link: "closed", problem };
}

/** A turn that is open is changed; where there is none, nothing is. */
function changed(session: Session, change: (turn: Turn) => Partial<Turn>): Session {
  const turn = openTurn(session);
  if (!turn) return session;
  return { ...session, turns: [...session.turns.slice(0, -1), { ...turn, ...change(turn) }] };
}

type Outcome = NonNullable<Turn["end"]>["outcome"];

function over(turn: Turn, outcome: Outcome, now: number): Pick<Turn, "end"> {
  return { end: { outcome, ms: since(turn, now) } };
}

function since({ at }: Turn, now: number): number {
  return Math.round(now - (at ?? now));
}

function strange(session: Session, type: string): Session {
  return { ...session, strange: [...session.strange, type].slice(-MOST_STRANGE) };
}
