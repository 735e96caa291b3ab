import { OVERLAYS, type Overlay } from "../../model/overlay.ts";
import type { WidgetSettings } from "../widget.ts";

export interface CameraOptions {
  /** A camera or an image; without one there are hands alone. */
  entity?: string;
  /** Between two pictures. */
  seconds?: number;
  hands?: Overlay;
}

export default {
  defaults: { entity: "", seconds: 10, hands: "auto" },
  schema: [
    { name: "entity", selector: { entity: { domain: ["camera", "image"] } } },
    { name: "seconds", selector: { number: { min: 1, max: 3600, mode: "box" } } },
    { name: "hands", selector: { select: { options: OVERLAYS } } },
  ],
} satisfies WidgetSettings<CameraOptions>;
