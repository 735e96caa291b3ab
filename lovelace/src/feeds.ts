import type { LitElement, ReactiveController } from "lit";
import type { HomeAssistant } from "./homeassistant.ts";
import { type Request, Subscription } from "./subscription.ts";

/** An integration that is not ready, or an entity that is gone, is asked for again after this. */
const RETRY_MS = 15_000;

/** Follows subscriptions of Home Assistant for as long as the widget is on the glass. */
export class Feeds<T> implements ReactiveController {
  /** What came last, by name; what was known stays while Home Assistant is away. */
  readonly latest = new Map<string, T>();
  readonly #open = new Map<string, { asked: string; subscription: Subscription<T> }>();

  /** `requests`: what to follow now, by name. */
  constructor(
    readonly host: LitElement & { hass: HomeAssistant },
    readonly requests: () => Record<string, Request>,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.host.requestUpdate();
  }

  hostDisconnected(): void {
    for (const { subscription } of this.#open.values()) subscription.close();
    this.#open.clear();
  }

  hostUpdated(): void {
    if (!this.host.isConnected) return;
    const wanted = this.requests();
    for (const [name, { subscription }] of this.#open) {
      if (name in wanted) continue;
      subscription.close();
      this.#open.delete(name);
      this.latest.delete(name);
    }
    for (const [name, request] of Object.entries(wanted)) this.#follow(name, request);
  }

  #follow(name: string, request: Request): void {
    const { connection } = this.host.hass;
    const asked = JSON.stringify(request);
    const open = this.#open.get(name);
    if (open?.asked === asked && open.subscription.connection === connection) return;
    open?.subscription.close();
    const message = (latest: T) => {
      this.latest.set(name, latest);
      this.host.requestUpdate();
    };
    const subscription = new Subscription<T>(connection, request, { message }, RETRY_MS);
    this.#open.set(name, { asked, subscription });
    subscription.open();
  }
}
