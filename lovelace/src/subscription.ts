import type { Connection, UnsubscribeFunc } from "home-assistant-js-websocket";

/** Between two attempts: Mira is waited for by a display that has nothing else to show. */
const RETRY_MS = 2_000;
const CONNECTION_LOST = 3; // home-assistant-js-websocket: ERR_CONNECTION_LOST

/** Why Home Assistant refuses something. */
export interface Trouble {
  code: string;
  /** In English. */
  message: string;
  /** What `message` names. */
  values: Record<string, string>;
  /** As Home Assistant sent it. */
  error: unknown;
}

export interface SubscriptionListener<T> {
  message(message: T): void;
  /** What was asked for is not set up (null) or refused; it is asked for again. */
  unavailable?(trouble: Trouble | null): void;
  /** It is followed from now on. */
  subscribed?(): void;
  homeAssistantLost?(): void;
  homeAssistantBack?(): void;
}

/** A command of Home Assistant's websocket. */
export type Request = { type: string; [field: string]: unknown };

/**
 * Keeps a subscription alive through every restart of Home Assistant.
 *
 * The connection's own way of subscribing again is not used: it gives up for good where
 * Home Assistant answers before the integration has been loaded.
 */
export class Subscription<T> {
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unsubscribe: UnsubscribeFunc | undefined;

  constructor(
    readonly connection: Connection,
    readonly request: Request,
    readonly listener: SubscriptionListener<T>,
    readonly retryMs = RETRY_MS,
  ) {}

  open(): void {
    this.connection.addEventListener("ready", this.#ready);
    this.connection.addEventListener("disconnected", this.#disconnected);
    if (this.connection.connected) void this.#subscribe();
    else this.listener.homeAssistantLost?.();
  }

  /** Subscribes anew, for a first message. */
  renew(): void {
    if (!this.connection.connected) return;
    this.#unsubscribe?.();
    void this.#subscribe();
  }

  close(): void {
    this.connection.removeEventListener("ready", this.#ready);
    this.connection.removeEventListener("disconnected", this.#disconnected);
    this.#unsubscribe?.();
    this.#abandon();
  }

  #ready = (): void => {
    this.listener.homeAssistantBack?.();
    void this.#subscribe();
  };

  #disconnected = (): void => {
    this.#abandon();
    this.listener.homeAssistantLost?.();
  };

  /** Ends the current attempt: what it still brings is ignored. */
  #abandon(): void {
    this.#attempt += 1;
    this.#unsubscribe = undefined;
    clearTimeout(this.#timer);
  }

  async #subscribe(): Promise<void> {
    this.#abandon();
    const attempt = this.#attempt;
    const current = () => attempt === this.#attempt;
    try {
      const unsubscribe = await this.connection.subscribeMessage<T>(
        (message) => current() && this.listener.message(message),
        this.request,
        { resubscribe: false },
      );
      const end = () => void Promise.resolve(unsubscribe()).catch(() => undefined); // gone with its socket
      if (!current()) {
        end();
        return;
      }
      this.#unsubscribe = end;
      this.listener.subscribed?.();
    } catch (error) {
      if (!current() || error === CONNECTION_LOST) return;
      this.listener.unavailable?.(troubleOf(error));
      this.#timer = setTimeout(() => void this.#subscribe(), this.retryMs);
    }
  }
}

interface Refused {
  code?: string;
  message?: string;
  translation_placeholders?: Record<string, string>;
}

/** Why a subscription failed; null where the integration is only not set up or not loaded yet. */
function troubleOf(error: unknown): Trouble | null {
  const { code = "", message = String(error), translation_placeholders: values = {} } = error as Refused;
  const waits = code === "unknown_command" || (code === "not_found" && !values.mirror);
  return waits ? null : { code, message, values, error };
}
