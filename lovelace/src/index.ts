import { MiraBanner } from "./components/banner.ts";
import { MiraDevice } from "./components/device.ts";
import { MiraSigns } from "./components/signs.ts";
import { define } from "./define.ts";
import { MiraPanel } from "./panel.ts";
import { guardReloads } from "./reload-guard.ts";

const elements = {
  "mira-banner": MiraBanner,
  "mira-device": MiraDevice,
  "mira-signs": MiraSigns,
  "mira-panel": MiraPanel,
};

/**
 * Home Assistant replaces the registry of custom elements while it starts: what was defined before is lost.
 * It is done with that when its own element is defined; a page without that element has nothing to wait for.
 */
if (document.querySelector("home-assistant")) await customElements.whenDefined("home-assistant");

// The first counts: Home Assistant loads the entry of a newer display into a page whose panel stays the old one.
MiraPanel.version ??= new URL(import.meta.url).searchParams.get("v");
guardReloads(window);
for (const [name, element] of Object.entries(elements)) define(name, element);
