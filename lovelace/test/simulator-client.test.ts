import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { health, memory, whyNoSocket } from "../src/simulator/api.ts";
import { Client } from "../src/simulator/client.ts";

const BASE = "http://mirror.local:8765";
const START = { user_id: "unknown" };

class Socket {
  static opened: Socket[] = [];
  static refused = false;
  sent: unknown[] = [];
  closed = false;
  bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => Promise<void>) | null = null;
  constructor(readonly url: string) {
    if (Socket.refused) throw new DOMException("mixed", "SecurityError");
    Socket.opened.push(this);
  }
  send(data: unknown): void {
    this.sent.push(typeof data === "string" ? JSON.parse(data) : data);
  }
  close(): void {
    this.closed = true;
  }
  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

let client: Client;
/** By path and key, what the sidecar answers; a function is called, and null means that nobody does. */
let answers: (url: string, request: RequestInit) => [number, unknown] | null;
let requests: [string, RequestInit][];

const socket = () => Socket.opened.at(-1) as Socket;
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  Socket.opened = [];
  Socket.refused = false;
  requests = [];
  answers = () => null;
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("fetch", async (url: string, request: RequestInit) => {
    requests.push([url, request]);
    const answer = answers(url, request);
    if (!answer) throw new TypeError("Failed to fetch");
    const [status, body] = answer;
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
  });
  client = new Client(() => undefined);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function connected(): void {
  client.connect(BASE, "mira_key", START);
  socket().onopen?.();
  socket().say({ type: "auth_ok", session_id: "s1" });
}

test("the key is said first, and who speaks once it is accepted", () => {
  client.connect(BASE, "mira_key", { user_id: "p_1", persona: "Mira" });
  expect(socket().url).toBe("ws://mirror.local:8765/ws/interact");
  expect(socket().sent).toEqual([]);
  socket().onopen?.();
  expect(socket().sent).toEqual([{ type: "auth", api_key: "mira_key" }]);
  socket().say({ type: "auth_ok", session_id: "s1" });
  expect(socket().sent.slice(1)).toEqual([{ type: "interaction_start", user_id: "p_1", persona: "Mira" }]);
  expect(client.session).toMatchObject({ link: "open", id: "s1" });
});

test("a text is said and its answer taken; another conversation and an end are asked for", () => {
  connected();
  client.say("hello");
  socket().say({ type: "text_chunk", text: "hi" });
  client.cancel();
  client.begin(START);
  expect(socket().sent.slice(2)).toEqual([
    { type: "text", text: "hello" },
    { type: "cancel" },
    { type: "interaction_start", ...START },
  ]);
  expect(client.session.turns[0]?.parts).toHaveLength(1);
});

test("whoever leaves, or connects again, hears no more of the connection before", () => {
  connected();
  const first = socket();
  client.connect(BASE, "mira_key", START);
  expect(first.closed).toBe(true);
  expect(first.onmessage).toBeNull();
  client.leave();
  expect(socket().closed).toBe(true);
  expect(client.session).toMatchObject({ link: "closed", problem: null });
  client.say("nobody hears it");
});

test("a key that is refused ends the connection", () => {
  client.connect(BASE, "mira_x", START);
  socket().onopen?.();
  socket().say({ type: "error", error_code: "KEY_NOT_VALID", detail: "No." });
  expect(socket().closed).toBe(true);
  expect(client.session.problem?.code).toBe("KEY_NOT_VALID");
});

test.each([
  [4401, "KEY_NOT_VALID"],
  [4413, "too_slow"],
  [1012, "come_back"],
  [1006, "lost"],
])("a connection that is closed with %i says so as %s", async (code, problem) => {
  connected();
  await socket().onclose?.({ code });
  expect(client.session).toMatchObject({ link: "closed", problem: { code: problem } });
});

test("whoever is silent for ten seconds is waited for no longer", async () => {
  client.connect(BASE, "mira_key", START);
  socket().onopen?.();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(client.session).toMatchObject({ link: "closed", problem: { code: "silent" } });
  connected();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(client.session.link).toBe("open");
});

test("where no WebSocket could be opened, the page finds out why", async () => {
  answers = () => [404, { error_code: "NOT_FOUND" }];
  client.connect(BASE, "mira_key", START);
  await socket().onclose?.({ code: 1006 });
  expect(client.session.problem?.code).toBe("no_talk");
});

test("while it finds out why, somebody may connect again", async () => {
  client.connect(BASE, "mira_key", START);
  const closing = socket().onclose?.({ code: 1006 });
  connected();
  await closing;
  expect(client.session.link).toBe("open");
});

test("a browser that opens none at all says so", () => {
  Socket.refused = true;
  client.connect(BASE, "mira_key", START);
  expect(client.session.problem?.code).toBe("unreachable");
  vi.stubGlobal("location", { origin: "https://home" });
  client.connect(BASE, "mira_key", START);
  expect(client.session.problem?.code).toBe("mixed");
});

const file = (size: number) => new File([new Uint8Array(size)], "bell.wav");

test("a sound is sent in pieces, and then its end", async () => {
  connected();
  await client.play(file(70_000));
  const sound = socket().sent.slice(2);
  expect(sound.slice(0, 3).map((piece) => (piece as ArrayBuffer).byteLength)).toEqual([
    32_000, 32_000, 6_000,
  ]);
  expect(sound[3]).toEqual({ type: "audio_end" });
  expect(client.session.turns[0]).toMatchObject({ said: "bell.wav", sound: true });
  expect(client.session.turns[0]?.at).not.toBeNull();
});

test("a sound is sent as fast as it is taken", async () => {
  connected();
  socket().bufferedAmount = 300_000;
  const playing = client.play(file(10));
  await vi.advanceTimersByTimeAsync(500);
  expect(socket().sent).toHaveLength(2);
  socket().bufferedAmount = 0;
  await vi.advanceTimersByTimeAsync(20);
  await playing;
  expect(socket().sent).toHaveLength(4);
});

test("a sound that is stopped is sent no further, and neither is one that is refused", async () => {
  connected();
  const stopped = client.play(file(70_000));
  client.cancel();
  await stopped;
  expect(socket().sent.slice(2)).toEqual([{ type: "cancel" }]);
  const refused = client.play(file(70_000));
  socket().say({ type: "error", error_code: "AUDIO_TOO_LONG" });
  await refused;
  expect(socket().sent.slice(3)).toEqual([{ type: "cancel" }]);
  expect(client.session.turns.map(({ end }) => end?.outcome)).toEqual(["interrupted", "failed"]);
});

test("a sound while the connection is lost is sent no further", async () => {
  connected();
  const playing = client.play(file(70_000));
  client.leave();
  await playing;
  expect(socket().sent).toHaveLength(2);
});

test("a sound of more than ten megabytes is not begun, and a file that cannot be read is said", async () => {
  connected();
  await client.play(file(10_000_001));
  expect(socket().sent).toHaveLength(2);
  const gone = file(10);
  gone.slice = () => ({ arrayBuffer: () => Promise.reject(new Error("gone")) }) as unknown as Blob;
  await client.play(gone);
  expect(socket().sent.slice(2)).toEqual([{ type: "cancel" }]);
  expect(client.session.turns.map(({ problem }) => problem?.code)).toEqual(["AUDIO_TOO_LONG", "unreadable"]);
});

test("health is asked for without a key, and nothing leads elsewhere", async () => {
  answers = () => [200, { status: "ok", version: "1" }];
  expect(await health(BASE)).toEqual({ body: { status: "ok", version: "1" } });
  expect(requests).toMatchObject([
    [`${BASE}/api/health`, { redirect: "error", credentials: "omit", referrerPolicy: "no-referrer" }],
  ]);
  expect(requests[0]?.[1].headers).toBeUndefined();
});

test("the key is sent to the route of the memory only where there is one", async () => {
  answers = () => [404, { error_code: "NOT_FOUND" }];
  expect(await memory(BASE, "mira_key", "p_1")).toEqual({ problem: { code: "no_memory" } });
  expect(JSON.stringify(requests)).not.toContain("mira_key");
  answers = (_, { headers }) =>
    headers ? [200, { memories: [] }] : [401, { error_code: "KEY_MISSING", detail: "Send a key." }];
  expect(await memory(BASE, "mira_key", "p/1")).toEqual({ body: { memories: [] } });
  expect(requests.at(-1)).toMatchObject([
    `${BASE}/api/users/p%2F1/memory`,
    { headers: { "X-API-Key": "mira_key" } },
  ]);
  answers = () => [503, { error_code: "BUSY" }];
  expect((await memory(BASE, "mira_key", "p_1")).problem?.code).toBe("BUSY");
  answers = () => [200, {}];
  expect((await memory(BASE, "mira_key", "p_1")).problem?.code).toBe("not_mira");
});

test.each([
  [426, { error_code: "WEBSOCKET_NEEDED" }, "no_websocket"],
  [404, { error_code: "NOT_FOUND" }, "no_talk"],
  [404, "<h1>404</h1>", "not_mira"],
  [404, "7", "not_mira"],
  [404, { detail: "Not Found" }, "not_mira"],
  [200, {}, "not_mira"],
  [503, { error_code: "STANDS_BY" }, "STANDS_BY"],
])("an answer of %i with %j tells why there is no WebSocket: %s", async (status, body, code) => {
  answers = () => [status, body];
  expect((await whyNoSocket(BASE)).code).toBe(code);
});

test("a sidecar that is there and says nothing to this page does not allow it", async () => {
  answers = (_, { mode }) => (mode === "no-cors" ? [200, ""] : null);
  expect((await whyNoSocket(BASE)).code).toBe("ORIGIN_NOT_ALLOWED");
});

test("one that nobody reaches is not there, or its certificate is not trusted, or the browser keeps the page from it", async () => {
  expect((await whyNoSocket(BASE)).code).toBe("unreachable");
  expect((await whyNoSocket("https://mirror.local")).code).toBe("unreachable_https");
  vi.stubGlobal("location", { origin: "https://home" });
  expect((await whyNoSocket(BASE)).code).toBe("mixed");
  await settle();
});
