/** What is shown of rooms and their windows, and why a window stands as it does: plain functions. Moments are Unix milliseconds. */
import type { LiveAir, MirrorWindow, RoomAir, State, WindowsPart } from "../../protocol.ts";
import { fill, lookUp, type Texts } from "../../texts.ts";
import type english from "./texts/en.json";

type OwnTexts = typeof english;

/** What is older says nothing about the air of now: the mirror opens no window by it, either. */
const STALE_S = 900;
/** The weather, where it has sensors as rooms have. */
const OUTSIDE = "outside";

/** A room, with its window or without one. */
export interface Room {
  /** Of the window, or of a room that has none. */
  id: string;
  window: MirrorWindow | null;
  /** Null: nobody has measured it lately. */
  air: RoomAir | null;
}

/** Windows as the mirror has them, then rooms without one. */
export function roomsOf(part: WindowsPart, live: LiveAir | undefined, now: number): Room[] {
  const windows = Object.entries(part.windows);
  const aired = new Set(windows.map(([id, window]) => window.room ?? id));
  const others = Object.keys(live?.rooms ?? {}).filter((room) => !aired.has(room) && room !== OUTSIDE);
  return [
    ...windows.map(([id, window]) => ({ id, window, air: airOf(window.room ?? id, live, now) })),
    ...others.map((room) => ({ id: room, window: null, air: airOf(room, live, now) })),
  ].filter(({ window, air }) => window || air);
}

function airOf(room: string, live: LiveAir | undefined, now: number): RoomAir | null {
  const air = live?.rooms[room];
  if (!live || !air) return null;
  return air.age_s * 1_000 + now - Date.parse(live.at) > STALE_S * 1_000 ? null : air;
}

/** Where the motor is going, in %, and whether that opens; null: it stands. */
export function wayOf({ run, position }: MirrorWindow): { to: number; opens: boolean } | null {
  return run && { to: run.to, opens: run.to > (position ?? run.start) };
}

export function isHeld({ held_until }: MirrorWindow, now: number): boolean {
  return held_until !== null && Date.parse(held_until) > now;
}

/** What `whyWords` goes by. */
export interface Situation {
  state: Pick<State, "last_changes">;
  part: WindowsPart;
  live: LiveAir | undefined;
  now: number;
  time: (moment: number) => string;
  percent: (share: number) => string;
}

/** Why a window stands as it does, in a sentence; empty where there is nothing to say. */
export function whyWords(
  { id, window, air }: Room & { window: MirrorWindow },
  situation: Situation,
  own: OwnTexts,
  texts: Texts,
): string {
  return (
    faultWords(window, own) ||
    handWords(window, situation, own) ||
    setWords(window, texts) ||
    dangerWords(situation.part, texts) ||
    (window.shadow ? shadowWords(id, situation, own, texts) : "") ||
    (air || !window.auto ? "" : texts.refused_stale_readings) ||
    spareWords(window, situation.part, texts) ||
    decisionWords(id, window, situation, own)
  );
}

/** Of a fault of a newer sidecar no more is said than that there is one. */
function faultWords({ fault }: MirrorWindow, own: OwnTexts): string {
  return fault ? (lookUp(own, `fault_${fault}`) ?? own.fault) : "";
}

/** A hand moved it. */
function handWords(window: MirrorWindow, { now, time }: Situation, own: OwnTexts): string {
  const rain = Date.parse(window.rain_until ?? "");
  if (rain > now) return fill(own.in_rain, { time: time(rain) });
  if (!isHeld(window, now)) return "";
  const minutes = Math.ceil((Date.parse(window.held_until as string) - now) / 60_000);
  const left = { hours: Math.floor(minutes / 60), minutes: minutes % 60 };
  return fill(left.hours > 0 ? own.held_hours : own.held_minutes, left);
}

/** How it is set. */
function setWords({ locked, auto }: MirrorWindow, texts: Texts): string {
  return locked ? texts.refused_window_locked : auto ? "" : texts.refused_automatic_off;
}

/** What keeps all windows shut. */
function dangerWords({ outside, home }: WindowsPart, texts: Texts): string {
  if (outside.storm) return texts.refused_storm;
  if (outside.rain) return texts.refused_rain;
  if (home.armed) return texts.refused_armed;
  return home.away ? texts.refused_nobody_home : "";
}

/** What would be done. */
function shadowWords(id: string, { live, percent }: Situation, own: OwnTexts, texts: Texts): string {
  const advice = live?.windows[id]?.advice;
  return advice === undefined
    ? texts.refused_shadow_mode
    : fill(own.shadow, { position: percent(advice / 100) });
}

/** What keeps it from opening further. */
function spareWords({ target, limits }: MirrorWindow, { outside, home }: WindowsPart, texts: Texts): string {
  if (outside.air === "bad" && !target) return texts.refused_outdoor_air;
  const most = Math.min(limits.most, home.quiet ? limits.most_at_night : 100);
  if (most === 100 || (target ?? 0) < most) return "";
  return most < limits.most ? texts.refused_quiet_time : texts.refused_window_limit;
}

/** Who has decided, or what it followed from. */
function decisionWords(
  id: string,
  { model }: MirrorWindow,
  { state, live }: Situation,
  own: OwnTexts,
): string {
  const [mattered] = live?.windows[id]?.mattered ?? [];
  if (model) return (mattered && lookUp(own, `by_${mattered}`)) || own.by_sensor;
  const source = state.last_changes?.[`window:${id}`]?.source;
  return source ? own[`by_${source}`] : "";
}
