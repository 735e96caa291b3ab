import type { LitElement } from "lit";
import type { Decision, HomeAssistant, TouchCommand } from "../homeassistant.ts";
import { Mirror, type MirrorHost } from "../mirror.ts";

/** Asks by an action of Home Assistant, as an automation does: a dashboard may be anywhere. */
export async function called(
  hass: HomeAssistant,
  config_entry_id: string,
  command: TouchCommand,
): Promise<Decision> {
  const request = { config_entry_id, ...command };
  const answer = await hass.callService("mira", "send_command", request, undefined, false, true);
  return answer.response as Decision;
}

/** One subscription for all cards of a mirror, and one for those that show its hands: ten cost as much as one. */
class Followed implements MirrorHost {
  readonly cards = new Set<LitElement>();
  readonly mirror: Mirror;

  constructor(entry_id: string, live: boolean) {
    this.mirror = new Mirror(this, { entry_id, live }, called);
  }

  addController(): void {}

  requestUpdate(): void {
    for (const card of this.cards) card.requestUpdate();
  }
}

const followed = new Map<string, Followed>();

/** The mirror of this entry for a card, and the way to leave it. */
export function follow(
  card: LitElement,
  hass: HomeAssistant,
  entryId: string,
  live: boolean,
): [Mirror, () => void] {
  const key = `${entryId} ${live}`;
  const one = followed.get(key) ?? new Followed(entryId, live);
  followed.set(key, one);
  one.cards.add(card);
  if (one.cards.size === 1) {
    one.mirror.use(hass);
    one.mirror.hostConnected();
  }
  const leave = () => {
    one.cards.delete(card);
    if (one.cards.size > 0) return;
    one.mirror.hostDisconnected();
    followed.delete(key);
  };
  return [one.mirror, leave];
}
