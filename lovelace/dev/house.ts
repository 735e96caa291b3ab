/** A Home Assistant of one mirror, in memory: what the display needs of it, for the dev page and the tests. */
import type { Decision, EntityState, HomeAssistant, MiraMessage, View, Voice } from "../src/homeassistant.ts";
import type { Operation } from "../src/json-patch.ts";
import type {
  LiveAir,
  LiveHand,
  LiveLevels,
  MiraEvent,
  Pending,
  Pictures,
  State,
  TalkPart,
  TodoItem,
  VoicePart,
} from "../src/protocol.ts";
import { firstMessage, inWords } from "./household.ts";

type Handler = (message: MiraMessage) => void;

export const state: State = {
  microphone: { on: true },
  camera: { on: true },
  page: "home",
  pages: ["home", "todos", "clock"],
  todos: [],
  message: null,
  pending: null,
  access: { pin_set: false, unlocked_until: null, wrong_tries: 0, blocked_until: null },
  undoable: [],
};

export const view: View = {
  type: "view",
  number: 1,
  mirror: { entry_id: "entry", id: "hall", name: "Hall" },
  connected: true,
  problem: null,
  state,
  devices: {
    camera: { kind: "camera", capture: "open" },
    microphone: { kind: "microphone", capture: "open" },
  },
  rev: 1,
  seq: 1,
  frontend: "dev",
};

let seq = 1;

/** An event as the sidecar would store it. */
export function event(fields: Partial<MiraEvent> & Pick<MiraEvent, "type" | "action">): MiraEvent {
  seq += 1;
  return {
    seq,
    id: `event-${seq}`,
    ts: "2026-11-20T12:00:00.000Z",
    command_id: `command-${seq}`,
    source: "gesture",
    payload: {},
    ...fields,
  };
}

/** An open right hand in a mirror, its wrist at 0, 0, one palm long: MediaPipe's landmarks. */
const PALM = [
  [0, 0],
  ...[
    [-0.3, -0.18],
    [-0.55, -0.42],
    [-0.72, -0.66],
    [-0.86, -0.86],
  ], // thumb
  ...[
    [-0.3, -0.95],
    [-0.38, -1.35],
    [-0.42, -1.6],
    [-0.45, -1.82],
  ],
  ...[
    [-0.03, -1],
    [-0.05, -1.45],
    [-0.06, -1.74],
    [-0.07, -1.98],
  ],
  ...[
    [0.22, -0.93],
    [0.28, -1.33],
    [0.32, -1.6],
    [0.35, -1.82],
  ],
  ...[
    [0.44, -0.8],
    [0.56, -1.08],
    [0.64, -1.27],
    [0.71, -1.45],
  ],
] as [number, number][];

/** The same in a picture of 4:3, the middle of its palm at `x`, `y`. */
function palm(x: number, y: number, size: number): [number, number][] {
  return PALM.map(([right, down]) => [x + right * size * 0.75, y + (down + 0.5) * size]);
}

/** A hand that holds its palm up, half of the time that it takes. */
export function hand(fields: Partial<LiveHand> = {}): LiveHand {
  const { x = 0.62, y = 0.5, size = 0.2 } = fields;
  return {
    handedness: "right",
    x,
    y,
    size,
    engaged: true,
    pose: "palm",
    confidence: 0.93,
    held_ms: 300,
    hold_ms: 600,
    travel_x: 0,
    travel_y: 0,
    landmarks: palm(x, y, size),
    ...fields,
  };
}

/** A question as the sidecar would ask it, just now. */
export function question(fields: Partial<Pending> = {}): Pending {
  return {
    command_id: "command-asked",
    source: "touch",
    action: "set_camera",
    payload: {},
    risks: ["camera_on"],
    asked_at: new Date().toISOString(),
    deadline: new Date(Date.now() + 15_000).toISOString(),
    ...fields,
  };
}

const SILENCE: Voice = { turn: null, stage: "over", heard: null, reply: null, error: null, timers: [] };

export class House {
  /** What was called, newest last. */
  calls: Record<string, unknown>[] = [];
  /** Answers the next commands; the default changes the state as the sidecar would. */
  decide: (request: Record<string, unknown>) => Promise<Decision> = async (request) => this.#accept(request);
  /** Explains a command. */
  explain: (command_id: unknown) => unknown = () => {
    throw new Error("An older sidecar explains nothing.");
  };
  /** The log, newest first. */
  log: MiraEvent[] = [];
  /** Answers a PIN; the default is that it is right. */
  unlock: (pin: string) => Decision = () => ({ command_id: "command-pin", outcome: "accepted" });
  /** Set: a subscription is refused with it. */
  refuse: { code: string; message: string; translation_placeholders?: Record<string, string> } | null = null;
  /** The mirrors that are set up. */
  mirrors = [
    { entry_id: "entry-bath", id: "bath", name: "Bath", loaded: true },
    { entry_id: "entry", id: "hall", name: "Hall", loaded: true },
  ];
  /** What the last subscription asked for. */
  asked: Record<string, unknown> = {};
  subscriptions = 0;
  /** Milliseconds that the mirror's clock is ahead of this machine's. */
  ahead = 0;
  /** What else there is in the house, by id. */
  states: Record<string, EntityState> = {};
  /** Is told of each new object of Home Assistant: set by who shows it. */
  changed: (fields: Partial<HomeAssistant>) => void = () => undefined;
  /** The open subscriptions to other things than the mirror: what was asked for, and how to answer. */
  feeds = new Map<Record<string, unknown>, (message: unknown) => void>();
  connected = true;
  readonly #handlers = new Set<Handler>();
  #listeners = new Map<string, Set<() => void>>();

  constructor(public view: View) {}

  hass(fields: Partial<HomeAssistant> = {}): HomeAssistant {
    return {
      connection: this.connection as unknown as HomeAssistant["connection"],
      language: "en",
      locale: { language: "en", time_format: "24", time_zone: "server" },
      config: { time_zone: "Europe/Berlin" },
      user: { is_admin: false },
      states: this.states,
      formatEntityState: inWords,
      callService: async (domain, service, data) => {
        if (service === "explain") return { response: this.explain(data.command_id) };
        this.calls.push({ domain, service, ...data });
        return { response: await this.decide(data) };
      },
      ...fields,
    };
  }

  /** Sends the view, changed by these fields: as the patch that the integration would make. */
  show(fields: Partial<View> = {}): void {
    const { number: from, rev } = this.view;
    const changes = { ...fields, number: from + 1, rev: rev + 1 };
    const patch = Object.entries(changes).map(
      ([name, value]): Operation => ({ op: "add", path: `/${name}`, value }),
    );
    this.view = { ...this.view, ...changes };
    const { now = "" } = this.#now();
    if (this.asked.patches) this.#send({ type: "patch", from, patch, now });
    else this.#send(this.#now());
  }

  /** The view, with the mirror's time. */
  #now(): View {
    return { ...this.view, now: new Date(Date.now() + this.ahead).toISOString() };
  }

  showState(fields: Partial<State>): void {
    this.show({ state: { ...(this.view.state ?? state), ...fields } });
  }

  /** Changes, adds or, with null, removes an entity. */
  set(entity_id: string, state: string | null, attributes: Record<string, unknown> = {}): void {
    const { [entity_id]: before, ...others } = this.states;
    const now = { entity_id, state: state ?? "", attributes: { ...before?.attributes, ...attributes } };
    this.states = state === null ? others : { ...others, [entity_id]: now };
    this.changed({ states: this.states });
  }

  tell(told: MiraEvent): void {
    this.#send({ type: "event", event: told });
    this.log.unshift(told);
    for (const [request, answer] of this.feeds) {
      if (request.type === "mira/events" && fits(told, request)) answer({ events: [told] });
    }
  }

  /** Shows hands to the camera. */
  wave(...hands: Partial<LiveHand>[]): void {
    this.#send({ type: "live", live: { ts: new Date().toISOString(), hands: hands.map(hand) } });
  }

  /** Has the microphones hear this loud sound, for whoever looks at their levels. */
  sound(levels: LiveLevels["levels"]): void {
    for (const [request, answer] of this.feeds) {
      if (request.type === "mira/levels") answer({ live: { levels } });
    }
  }

  /** Has the air be like this, for whoever looks at it. */
  breathe(live: LiveAir): void {
    for (const [request, answer] of this.feeds) {
      if (request.type === "mira/air") answer({ live });
    }
  }

  /** Has a speech be this loud, for whoever shows a mouth. */
  speak(level: number): void {
    for (const [request, answer] of this.feeds) {
      if (request.type === "mira/speech") answer({ live: { speech: "speech", level } });
    }
  }

  /** Keeps hands before the camera. */
  stay(...hands: Partial<LiveHand>[]): void {
    this.wave(...hands);
    if (this.#handlers.size > 0) setInterval(() => this.wave(...hands), 500);
  }

  /** Has the mirror listen or speak, which everybody is told; and what is said, which its household alone is. */
  talk(part: Partial<VoicePart>, voice: Partial<Voice> | null = null): void {
    const { state: before } = this.view;
    this.showState({ parts: { ...before?.parts, voice: { turn: null, speech: null, ...part } } });
    if (voice && this.asked.voice) this.#send({ type: "voice", voice: { ...SILENCE, ...voice } });
  }

  /** Has a persona answer at the mirror, and express this; with `open: false`, one that has answered before. */
  express(
    emotion: string | null,
    { open = true, pictures = "drawn" as Pictures, reply = "reply" as string | null } = {},
  ): void {
    const face = emotion ? { emotion, reply, pictures } : null;
    const replies: TalkPart["replies"] = open ? { reply: { place: "mirror", pictures } } : {};
    const talk: TalkPart = { replies, face, pictures };
    this.showState({ parts: { ...this.view.state?.parts, talk } });
  }

  disconnect(): void {
    this.connected = false;
    this.feeds.clear();
    this.#handlers.clear();
    for (const listener of this.#listeners.get("disconnected") ?? []) listener();
  }

  reconnect(): void {
    this.connected = true;
    for (const listener of this.#listeners.get("ready") ?? []) listener();
  }

  readonly connection = ((house: House) => ({
    get connected() {
      return house.connected;
    },
    addEventListener: (name: string, listener: () => void) => {
      house.#listeners.set(name, (house.#listeners.get(name) ?? new Set()).add(listener));
    },
    removeEventListener: (name: string, listener: () => void) => house.#listeners.get(name)?.delete(listener),
    sendMessagePromise: async ({ pin, ...message }: { pin: string; [field: string]: unknown }) => {
      if (message.type === "mira/events") return house.#page(message);
      if (message.type === "mira/mirrors") return { mirrors: house.mirrors };
      house.calls.push(message);
      return message.type === "mira/command" ? house.decide(message) : house.unlock(pin);
    },
    subscribeMessage: async (handler: Handler, message: Record<string, unknown>) => {
      if (message.type !== "mira/subscribe")
        return house.#feed(handler as (message: unknown) => void, message);
      house.subscriptions += 1;
      house.asked = message;
      if (house.refuse) throw house.refuse;
      house.#handlers.add(handler);
      handler(house.#now());
      return async () => {
        house.#handlers.delete(handler);
      };
    },
  }))(this);

  #send(message: MiraMessage): void {
    for (const handler of [...this.#handlers]) handler(message);
  }

  #feed(handler: (message: unknown) => void, message: Record<string, unknown>): () => Promise<void> {
    this.feeds.set(message, handler);
    if (!String(message.type).startsWith("mira/")) handler(firstMessage(message));
    return async () => {
      this.feeds.delete(message);
    };
  }

  #page(request: Record<string, unknown>): { events: MiraEvent[]; cursor: number | null } {
    const { cursor, limit } = request as { cursor?: number; limit: number };
    const found = this.log.filter(
      (told) => fits(told, request) && told.seq < (cursor ?? Number.POSITIVE_INFINITY),
    );
    const events = found.slice(0, limit);
    return { events, cursor: found.length > limit ? (events.at(-1)?.seq ?? null) : null };
  }

  #accept({ action, payload }: Record<string, unknown>): Decision {
    const before = this.view.state ?? state;
    if (action === "update_todo") {
      const change = payload as Partial<TodoItem>;
      this.showState({
        todos: before.todos.map((todo) => (todo.uid === change.uid ? { ...todo, ...change } : todo)),
      });
    } else if (action === "set_camera" || action === "set_microphone") {
      const device = action === "set_camera" ? "camera" : "microphone";
      const { on } = payload as { on: boolean };
      this.showState({ [device]: { on } });
      this.show({
        devices: { ...this.view.devices, [device]: { kind: device, capture: on ? "open" : "closed" } },
      });
    }
    return { command_id: `command-${this.calls.length}`, outcome: "accepted" };
  }
}

/** Whether somebody who asks for the log like this gets this event. */
function fits(
  { type, source, action }: MiraEvent,
  { event_type, source: sources, action: wantedAction = action }: Record<string, unknown>,
): boolean {
  const wanted = (value: string, values: unknown) => !values || (values as string[]).includes(value);
  return wanted(type, event_type) && wanted(source, sources) && action === wantedAction;
}
