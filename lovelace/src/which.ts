/** Which mirror this display shows: the one that its address names, or else the one that it showed last. */
import type { View } from "./homeassistant.ts";

const PANEL = "mira";
const KEPT = "mira-mirror";
/** Pages of the panel's own, which no mirror hides. */
const OWN = ["settings", "mirrors"];

/** Whether a page of Home Assistant's at this address is the display, and none of its settings. */
export function isDisplay(pathname: string): boolean {
  const [, panel, page] = pathname.split("/");
  return panel === PANEL && page !== "settings";
}

/** The mirror that is named behind the panel's own address; empty where none is. */
export function namedIn(path = ""): string {
  const name = path.split("/")[1] ?? "";
  if (OWN.includes(name)) return "";
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The names of the mirror that was shown last: none where none was. */
export function kept(): string[] {
  return JSON.parse(localStorage.getItem(KEPT) ?? "[]");
}

/** Remembers a mirror by what stays the same when it is called otherwise, or is added again. */
export function keep({ entry_id, unique_id }: View["mirror"]): void {
  const names = JSON.stringify([entry_id, unique_id].filter(Boolean));
  // With each update of the display: to read takes a hundredth of what it takes to write.
  if (localStorage.getItem(KEPT) !== names) localStorage.setItem(KEPT, names);
}
