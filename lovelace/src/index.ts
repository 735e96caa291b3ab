import { MiraBanner } from "./components/banner.ts";
import { MiraClock } from "./components/clock.ts";
import { MiraDevice } from "./components/device.ts";
import { MiraNotices } from "./components/notices.ts";
import { MiraPinPad } from "./components/pin-pad.ts";
import { MiraQuestion } from "./components/question.ts";
import { MiraSigns } from "./components/signs.ts";
import { MiraTodos } from "./components/todos.ts";
import { MiraPanel } from "./panel.ts";

const elements = {
  "mira-banner": MiraBanner,
  "mira-clock": MiraClock,
  "mira-device": MiraDevice,
  "mira-notices": MiraNotices,
  "mira-pin-pad": MiraPinPad,
  "mira-question": MiraQuestion,
  "mira-signs": MiraSigns,
  "mira-todos": MiraTodos,
  "mira-panel": MiraPanel,
};

/**
 * Home Assistant replaces the registry of custom elements while it starts: what was defined before is lost.
 * It is done with that when its own element is defined; a page without that element has nothing to wait for.
 */
if (document.querySelector("home-assistant")) await customElements.whenDefined("home-assistant");

for (const [name, element] of Object.entries(elements)) {
  if (!customElements.get(name)) customElements.define(name, element);
}
