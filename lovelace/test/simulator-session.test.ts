import { expect, test } from "vitest";
import { baseOf, isMixed, socketOf } from "../src/simulator/address.ts";
import {
  after,
  CLOSED,
  emotionOf,
  figuresOf,
  type Happening,
  isSlow,
  openTurn,
  type Session,
  SLOW_MS,
  textOf,
} from "../src/simulator/session.ts";
import { simulatorStyle } from "../src/simulator/style.ts";
import { keyLine, originLine, problemWords, remedyOf } from "../src/simulator/words.ts";
import en from "../src/texts/en/simulator.json";

const CONNECTED: Happening[] = [{ type: "connect" }, message({ type: "auth_ok", session_id: "s1" })];
const SAID: Happening[] = [...CONNECTED, { type: "say", said: "hello", sound: false }, { type: "sent" }];
const HAPPY = { type: "emotion", tag: "happy", emoji: "😊", hexcode: "1F60A" };
const LOST = { code: "lost" };

function message(what: unknown): Happening {
  return { type: "message", data: typeof what === "string" ? what : JSON.stringify(what) };
}

/** The session after these, ten milliseconds apart; the first one is at 0. */
function session(...happenings: Happening[]): Session {
  return happenings.reduce((before, one, place) => after(before, one, 10 * place), CLOSED);
}

const turn = (...happenings: Happening[]) => {
  const last = session(...SAID, ...happenings).turns.at(-1);
  if (!last) throw new Error("Nothing was said.");
  return last;
};

test("an answer comes in parts, each with the milliseconds since everything was said", () => {
  const answered = turn(
    message(HAPPY),
    message({ type: "text_chunk", text: "You " }),
    message({ type: "text_chunk", text: "there" }),
    message({ type: "capture_request", kind: "photo" }),
    message({ type: "response_meta", emojis: ["😊"], actions: [], heard: "hallo" }),
    message({ type: "stream_end", outcome: "answered" }),
  );
  expect(answered.parts).toEqual([
    { ...HAPPY, ms: 10 },
    { type: "chunk", text: "You ", ms: 20 },
    { type: "chunk", text: "there", ms: 30 },
    { type: "capture", kind: "photo", ms: 40 },
  ]);
  expect(answered.meta).toEqual({ emojis: ["😊"], moves: [], heard: "hallo" });
  expect(answered.end).toEqual({ outcome: "answered", ms: 60 });
  expect(figuresOf(answered)).toEqual({ emotion: 10, words: 20, end: 60 });
  expect(textOf(answered)).toBe("You there");
});

test("what is not there yet has no milliseconds", () => {
  expect(figuresOf(turn())).toEqual({ emotion: null, words: null, end: null });
});

test("the session is the sidecar's, and what was said in it stays in its order", () => {
  const end = message({ type: "stream_end" });
  const both = session(...SAID, message(HAPPY), end, { type: "say", said: "bell.wav", sound: true });
  expect(both).toMatchObject({ link: "open", id: "s1", problem: null, strange: [] });
  expect(both.turns.map(({ said, sound }) => [said, sound])).toEqual([
    ["hello", false],
    ["bell.wav", true],
  ]);
  expect(openTurn(both)?.at).toBeNull();
  expect(emotionOf(both)?.tag).toBe("happy");
  expect(emotionOf(CLOSED)).toBeUndefined();
  expect(session(...SAID, end, ...CONNECTED).turns).toEqual([]);
});

test("a movement is told in short, and one that breaks the contract does no harm", () => {
  const move = { description: "nods", steps: [{}, {}], total_duration_ms: 400 };
  const meta = (actions: unknown) => turn(message({ type: "response_meta", emojis: 7, actions })).meta;
  expect(meta([{ move }])).toEqual({
    emojis: [],
    heard: null,
    moves: [{ description: "nods", steps: 2, durationMs: 400 }],
  });
  expect(meta([null, { move: 3 }])?.moves).toHaveLength(2);
  expect(meta("none")?.moves).toEqual([]);
});

test.each([
  ["before the key is accepted", [{ type: "connect" }, message(HAPPY)], ["emotion"]],
  ["before anything is said", [...CONNECTED, message({ type: "text_chunk", text: "a" })], ["text_chunk"]],
  ["after the end", [...SAID, message({ type: "stream_end" }), message(HAPPY)], ["emotion"]],
  ["while nobody is connected", [message(HAPPY)], ["emotion"]],
  ["twice", [...CONNECTED, message({ type: "auth_ok" })], ["auth_ok"]],
  ["as what nobody knows", [...SAID, message({ type: "dance" })], ["dance"]],
  ["without a type", [...SAID, message({})], ["undefined"]],
  ["as no JSON", [...SAID, message("hello")], [""]],
  ["as no object", [...SAID, message("7"), message("null")], ["", ""]],
] as [string, Happening[], string[]][])(
  "a message that comes %s is noted and changes nothing",
  (_, happenings, strange) => {
    const now = session(...happenings);
    expect(now.strange).toEqual(strange);
    expect(now.turns.flatMap(({ parts }) => parts)).toEqual([]);
  },
);

test("of what is strange no more than twenty are kept", () => {
  const many = Array.from({ length: 25 }, (_, place) => message({ type: `${place}` }));
  expect(session(...SAID, ...many).strange).toHaveLength(20);
});

test("an error ends what is being answered, and the connection stays", () => {
  const error = {
    type: "error",
    error_code: "NO_AGENT",
    detail: "There is none.",
    error: { details: "persona" },
    request_id: "r1",
  };
  const now = session(...SAID, message(HAPPY), message(error));
  expect(now.link).toBe("open");
  expect(now.problem).toBeNull();
  expect(now.turns[0]).toMatchObject({
    end: { outcome: "failed", ms: 20 },
    problem: { code: "NO_AGENT", detail: "There is none.", details: "persona", requestId: "r1" },
  });
});

test("an error outside of an answer is of the key or of the person: the connection ends", () => {
  const now = session({ type: "connect" }, message({ type: "error", error_code: "KEY_NOT_VALID" }));
  expect(now).toMatchObject({ link: "closed", problem: { code: "KEY_NOT_VALID" } });
  const closed = after(now, { type: "closed", problem: LOST }, 99);
  expect(closed.problem?.code).toBe("KEY_NOT_VALID");
});

test("an error without a code is of something else than a sidecar", () => {
  const now = session({ type: "connect" }, message({ type: "error", error_code: 7 }));
  expect(now.problem?.code).toBe("not_mira");
});

test("whoever cancels waits for the end of what was sent, and for none of what was not", () => {
  const sent = session(...SAID, { type: "cancel" });
  expect(openTurn(sent)).toBeDefined();
  const ended = after(sent, message({ type: "stream_end", outcome: "interrupted" }), 200);
  expect(ended.turns[0]?.end).toEqual({ outcome: "interrupted", ms: 170 });
  const sending = session(...CONNECTED, { type: "say", said: "a.wav", sound: true }, { type: "cancel" });
  expect(sending.turns[0]?.end).toEqual({ outcome: "interrupted", ms: 0 });
  expect(after(sending, { type: "cancel" }, 300)).toBe(sending);
});

test("what could not be sent says why", () => {
  const problem = { code: "unreadable" };
  const now = session(...CONNECTED, { type: "say", said: "a.wav", sound: true }, { type: "unsent", problem });
  expect(now.turns[0]).toMatchObject({ end: { outcome: "failed" }, problem });
});

test("a connection that is lost breaks off what is being answered; one that is left interrupts it", () => {
  const lost = session(...SAID, { type: "closed", problem: LOST });
  expect(lost).toMatchObject({ link: "closed", problem: LOST, turns: [{ end: { outcome: "broke_off" } }] });
  const left = session(...SAID, { type: "leave" });
  expect(left).toMatchObject({ link: "closed", problem: null, turns: [{ end: { outcome: "interrupted" } }] });
  expect(session({ type: "leave" }).turns).toEqual([]);
});

test("an answer is slow where nothing has come for ten seconds, and not before it was asked for", () => {
  const now = turn(message(HAPPY));
  expect(isSlow(now, now.lastAt + SLOW_MS - 1)).toBe(false);
  expect(isSlow(now, now.lastAt + SLOW_MS)).toBe(true);
  expect(isSlow({ ...now, at: null }, 99_999)).toBe(false);
  expect(isSlow(turn(message({ type: "stream_end" })), 99_999)).toBe(false);
});

test.each([
  ["http://mirror.local:8765", "http://mirror.local:8765"],
  [" mirror.local:8765/docs ", "http://mirror.local:8765"],
  ["https://mirror.example.org/", "https://mirror.example.org"],
  ["HTTPS://Mirror.example.org", "https://mirror.example.org"],
  ["192.168.1.20:8765", "http://192.168.1.20:8765"],
  ["[::1]:8765", "http://[::1]:8765"],
  ["ws://mirror.local", null],
  ["javascript://alert(1)", null],
  ["not an address", null],
  ["http://", null],
  ["", null],
])("the address %j is at %j", (typed, base) => expect(baseOf(typed)).toBe(base));

test("a WebSocket is where the API is", () => {
  expect(socketOf("http://a:1")).toBe("ws://a:1");
  expect(socketOf("https://a")).toBe("wss://a");
});

test("a page over https uses no API over http but on its own machine", () => {
  expect(isMixed("https://home", "http://mirror.local:1")).toBe(true);
  expect(isMixed("https://home", "https://mirror.local:1")).toBe(false);
  expect(isMixed("http://home", "http://mirror.local:1")).toBe(false);
  for (const own of ["http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"])
    expect(isMixed("https://home", own)).toBe(false);
});

test("what went wrong is said in words, else as the sidecar says it, else by its code", () => {
  expect(problemWords({ code: "KEY_NOT_VALID" }, en)).toBe(en.problem_key_not_valid);
  const unread = { code: "BAD_REQUEST", details: "language" };
  expect(problemWords(unread, en)).toBe("The sidecar cannot take this (language). Check what you entered.");
  expect(problemWords({ code: "NEW", detail: "Something new." }, en)).toBe("Something new.");
  expect(problemWords({ code: "NEW" }, en)).toBe("The sidecar refused this (NEW).");
});

test("the line that helps names the capability, and this very page", () => {
  const here = "https://home.example.org";
  const key = "mira-sidecar keys add Simulator --may talk.speak";
  expect(keyLine()).toBe(key);
  for (const code of ["no_key", "KEY_MISSING", "KEY_NOT_VALID"]) expect(remedyOf({ code }, here)).toBe(key);
  expect(remedyOf({ code: "CAPABILITY_MISSING", details: "talk.speak" }, here)).toBe(key);
  expect(remedyOf({ code: "CAPABILITY_MISSING", details: "memory.read" }, here)).toBe(`${key},memory.read`);
  expect(remedyOf({ code: "ORIGIN_NOT_ALLOWED" }, here)).toBe(originLine(here));
  expect(originLine(here)).toBe('api_origins = ["https://home.example.org"]');
  expect(remedyOf({ code: "mixed" }, here)).toBe("mira-sidecar certificate");
  expect(remedyOf({ code: "lost" }, here)).toBeNull();
});

test("the key is seen by nobody beside", () => {
  expect(simulatorStyle.cssText).toContain("-webkit-text-security: disc");
});
