/** A program that talks to a persona: the WebSocket of one session, and what happens to it. */
import { isMixed, socketOf } from "./address.ts";
import { whyNoSocket } from "./api.ts";
import { after, CLOSED, type Happening, openTurn, type Problem, type Session } from "./session.ts";

/** The sidecar waits so long for a key; who waits longer for its answer waits for nobody. */
const HELLO_MS = 10_000;
/** Bytes of sound in a message, and that may wait to be sent. */
const PIECE = 32_000;
const MOST_WAITING = 256_000;
const WAIT_MS = 20;
/** Bytes that the sidecar takes at once. */
const MOST_SOUND = 10_000_000;

const CLOSES: Record<number, string> = {
  1009: "too_large",
  1011: "fault",
  1012: "come_back",
  1013: "TOO_MANY_TRIES",
  4401: "KEY_NOT_VALID",
  4403: "CAPABILITY_MISSING",
  4408: "no_key_in_time",
  4413: "too_slow",
};

/** Who speaks, and with whom. */
export interface Start {
  /** The id of a person, or `unknown`. */
  user_id: string;
  persona?: string;
  language?: string;
}

export class Client {
  session: Session = CLOSED;
  #socket: WebSocket | null = null;
  #late: ReturnType<typeof setTimeout> | undefined;

  /** `changed` is called after each change of the session. */
  constructor(readonly changed: () => void) {}

  connect(base: string, key: string, start: Start): void {
    this.#leave();
    this.#happened({ type: "connect" });
    let socket: WebSocket;
    try {
      socket = new WebSocket(`${socketOf(base)}/ws/interact`);
    } catch {
      const code = isMixed(location.origin, base) ? "mixed" : "unreachable";
      this.#happened({ type: "closed", problem: { code } });
      return;
    }
    this.#socket = socket;
    let isOpened = false;
    this.#late = setTimeout(() => this.#end({ code: "silent" }), HELLO_MS);
    socket.onopen = () => {
      isOpened = true;
      socket.send(JSON.stringify({ type: "auth", api_key: key }));
    };
    socket.onmessage = ({ data }) => this.#hear(data, start);
    socket.onclose = async ({ code }) => {
      clearTimeout(this.#late);
      const problem = isOpened ? { code: CLOSES[code] ?? "lost" } : await whyNoSocket(base);
      if (this.#socket !== socket) return; // somebody has connected again meanwhile
      this.#end(problem);
    };
  }

  leave(): void {
    this.#leave();
    this.#happened({ type: "leave" });
  }

  /** Begins another conversation. */
  begin(start: Start): void {
    this.#send({ type: "interaction_start", ...start });
  }

  say(text: string): void {
    this.#happened({ type: "say", said: text, sound: false });
    this.#send({ type: "text", text });
    this.#happened({ type: "sent" });
  }

  /** Says what is in a file: it is read and sent piece by piece, as fast as it is taken. */
  async play(file: File): Promise<void> {
    this.#happened({ type: "say", said: file.name, sound: true });
    const turn = openTurn(this.session);
    if (file.size > MOST_SOUND) return this.#unsent("AUDIO_TOO_LONG");
    try {
      for (let place = 0; place < file.size; place += PIECE) {
        const piece = await file.slice(place, place + PIECE).arrayBuffer();
        while ((this.#socket?.bufferedAmount ?? 0) > MOST_WAITING)
          await new Promise((on) => setTimeout(on, WAIT_MS));
        // It may have been refused or stopped meanwhile, and something else said.
        if (openTurn(this.session) !== turn) return;
        this.#socket?.send(piece);
      }
    } catch {
      this.#send({ type: "cancel" });
      return this.#unsent("unreadable");
    }
    this.#send({ type: "audio_end" });
    this.#happened({ type: "sent" });
  }

  /** Wants no answer any more. */
  cancel(): void {
    this.#send({ type: "cancel" });
    this.#happened({ type: "cancel" });
  }

  #hear(data: unknown, start: Start): void {
    const { link: before } = this.session;
    const wasSent = openTurn(this.session)?.at !== null;
    this.#happened({ type: "message", data });
    const { link } = this.session;
    // Of a sound that is refused before its end, the sidecar would drop all that follows.
    if (!wasSent && !openTurn(this.session)) this.#send({ type: "cancel" });
    if (link === "closed") this.#leave();
    if (link === "open" && before === "connecting") {
      clearTimeout(this.#late);
      this.begin(start);
    }
  }

  #end(problem: Problem): void {
    this.#leave();
    this.#happened({ type: "closed", problem });
  }

  #leave(): void {
    clearTimeout(this.#late);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #unsent(code: string): void {
    this.#happened({ type: "unsent", problem: { code } });
  }

  #send(message: object): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #happened(happening: Happening): void {
    this.session = after(this.session, happening, performance.now());
    this.changed();
  }
}
