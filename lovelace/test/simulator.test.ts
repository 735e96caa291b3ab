import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { House, view } from "../dev/house.ts";
import type { MiraTalkSimulator } from "../src/simulator/simulator.ts";
import "../src/simulator/simulator.ts";

class Socket {
  static last: Socket;
  sent: string[] = [];
  onopen = () => undefined;
  onmessage = (_event: { data: string }) => undefined;
  onclose = (_event: { code: number }) => undefined;
  constructor() {
    Socket.last = this;
  }
  send(data: string): void {
    this.sent.push(data);
  }
  close(): void {
    // whoever closes it hears no more of it
  }
}

let page: MiraTalkSimulator;
let now: number;

beforeEach(async () => {
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  now = 1_000;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  localStorage.clear();
  page = document.createElement("mira-talk-simulator") as MiraTalkSimulator;
  const house = new House(view);
  house.connection.sendMessagePromise = async () =>
    ({
      people: [
        { id: "p_1", name: "Anna" },
        { id: "p_2", name: null },
      ],
      next: null,
    }) as never;
  Object.assign(page, { hass: house.hass(), entryId: "entry" });
  document.body.append(page);
  await vi.waitFor(() => expect(hook("connect")).toBeTruthy());
  await settle();
});

afterEach(() => {
  page.remove();
  vi.unstubAllGlobals();
});

const hook = (name: string) => page.renderRoot.querySelector<HTMLElement>(`[data-test="${name}"]`);
const said = (name: string) => hook(name)?.textContent?.replaceAll(/\s+/g, " ").trim();

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setTimeout(done));
  page.requestUpdate();
  await page.updateComplete;
}

async function enter(name: string, value: string): Promise<void> {
  const field = hook(name) as HTMLInputElement;
  field.value = value;
  field.dispatchEvent(new Event("input"));
  await settle();
}

async function submit(name: string): Promise<void> {
  hook(name)
    ?.closest("form")
    ?.dispatchEvent(new Event("submit", { cancelable: true }));
  await settle();
}

async function hear(message: object): Promise<void> {
  Socket.last.onmessage({ data: JSON.stringify(message) });
  await settle();
}

async function connect(person = ""): Promise<void> {
  await enter("address", "mirror.local:8765");
  await enter("key", "mira_key");
  await enter("person", person);
  await submit("connect");
  Socket.last.onopen();
  await hear({ type: "auth_ok", session_id: "s1" });
}

async function say(text: string): Promise<void> {
  await enter("text", text);
  await submit("text");
}

test("whoever lives here can be chosen by name, and is called by it", async () => {
  const options = [...page.renderRoot.querySelectorAll("option")];
  expect(options.map(({ value, textContent }) => [value, textContent])).toEqual([
    ["p_1", "Anna"],
    ["p_2", ""],
  ]);
  await connect("p_1");
  expect(said("link")).toBe("Connected with http://mirror.local:8765 as Anna");
  expect(Socket.last.sent.at(-1)).toBe('{"type":"interaction_start","user_id":"p_1"}');
});

test("without a key there is no connection, and the page says how to make one", async () => {
  await enter("address", "mirror.local:8765");
  await submit("connect");
  expect(hook("problem")?.dataset.code).toBe("no_key");
  expect(said("remedy")).toBe("mira-sidecar keys add Simulator --may talk.speak");
  await enter("key", "mira_key");
  expect(hook("problem")).toBeNull();
});

test("an answer that does not come is told to be slow, and can be stopped", async () => {
  await connect();
  await say("hello");
  expect(hook("slow")).toBeNull();
  now += 12_345;
  await settle();
  expect(said("slow")).toContain("Nothing has come for 12 seconds.");
  hook("stop")?.click();
  expect(Socket.last.sent.at(-1)).toBe('{"type":"cancel"}');
  await hear({ type: "stream_end", outcome: "interrupted" });
  expect(said("outcome")).toBe("Interrupted");
});

test("nothing is said while an answer comes, and nothing that is empty", async () => {
  await connect();
  await say(" ");
  await say("hello");
  await say("again");
  expect(Socket.last.sent.filter((one) => one.includes('"text"'))).toHaveLength(1);
});

test("an emotion of which there is no face has its emoji, and is called as it is", async () => {
  await connect();
  expect(hook("face")?.dataset.emotion).toBe("neutral");
  await say("hello");
  await hear({ type: "emotion", tag: "smug", emoji: "😏", hexcode: "1F60F" });
  expect(said("face")).toBe("😏");
  expect(said("shown")).toBe("😏 smug");
  await hear({ type: "emotion", tag: "happy", emoji: "😊", hexcode: "1F60A" });
  expect(hook("face")?.localName).toBe("svg");
  expect(hook("face")?.getAttribute("aria-label")).toBe("Face: happy");
});

test("an answer is read out once it has ended, and not piece by piece", async () => {
  await connect();
  await say("hello");
  await hear({ type: "text_chunk", text: "Good " });
  await hear({ type: "text_chunk", text: "day" });
  expect(said("told")).toBe("");
  await hear({ type: "stream_end" });
  expect(said("told")).toBe("Good day Complete");
});

test("what a persona says is text, whatever is in it", async () => {
  await connect();
  await say("<b>hello</b>");
  await hear({ type: "text_chunk", text: "<img src=x onerror=alert(1)>" });
  await hear({ type: "dance" });
  await hear({ type: "capture_request", kind: "scan" });
  expect(said("answer")).toBe("<img src=x onerror=alert(1)>scan");
  expect(page.renderRoot.querySelector("img")).toBeNull();
  expect(said("strange")).toBe("Not expected, and ignored: dance");
});

test("another conversation is begun, and said to be another until something is said", async () => {
  await connect();
  hook("another")?.click();
  await settle();
  expect(said("anew")).toContain("A new conversation begins.");
  expect(Socket.last.sent.at(-1)).toContain("interaction_start");
  await say("hello");
  expect(said("anew")).toBe("");
});

test("the memory is of a person, and where there is nobody none is asked for", async () => {
  await enter("address", "mirror.local:8765");
  await enter("key", "mira_key");
  hook("ask-memory")?.click();
  await settle();
  expect(said("memory")).toContain("Enter a person first.");
  await enter("person", "p_1");
  hook("ask-memory")?.click();
  await settle();
  expect(said("memory")).toContain("Nothing answers at this address.");
});

test("persona and language are said where they are given", async () => {
  await enter("persona", "Mira ");
  await enter("language", "de");
  await connect();
  expect(JSON.parse(Socket.last.sent.at(-1) as string)).toEqual({
    type: "interaction_start",
    user_id: "unknown",
    persona: "Mira",
    language: "de",
  });
});

test("the address is remembered, and the key is not", async () => {
  await connect();
  expect({ ...localStorage }).toEqual({ "mira-talk-address": "http://mirror.local:8765" });
});
