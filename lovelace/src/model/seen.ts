import type { MiraMessage } from "../homeassistant.ts";

/** The same message, in which hands are there to be seen and do nothing: no pose is held, no page goes along. */
export function onlySeen(message: MiraMessage): MiraMessage {
  if (message.type !== "live") return message;
  const idle = { pose: null, held_ms: 0, hold_ms: 0, travel_x: 0, travel_y: 0 };
  const hands = message.live.hands.map((hand) => ({ ...hand, ...idle }));
  return { ...message, live: { ...message.live, hands } };
}
