/** What has the glass: the regions of a page, or what shall be read, answered or seen now. */
export type GlassView = "page" | "full" | "message" | "question" | "pin";

/** `full`: the page leaves the middle to one thing. */
export function glassView(asks: "pin" | "question" | "", more: boolean, full: boolean): GlassView {
  if (asks) return asks;
  if (more) return "message";
  return full ? "full" : "page";
}
