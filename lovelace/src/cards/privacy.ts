import { mdiLock, mdiLockOpenVariant } from "@mdi/js";
import { html, nothing, type TemplateResult } from "lit";
import { askFor } from "../components/command.ts";
import { icon } from "../components/icon.ts";
import { observedOf } from "../model/device-sign.ts";
import { type Display, isFresh } from "../model/display.ts";
import { ownQuestion } from "../model/question.ts";
import type { DeviceKind, State } from "../protocol.ts";
import { fill } from "../texts.ts";
import { type CardConfig, type CardField, cardFile, MiraCard } from "./card.ts";
import "./device-switch.ts";

interface PrivacyConfig extends CardConfig {
  camera?: boolean;
  microphone?: boolean;
}

const FIELDS: readonly CardField[] = [
  { name: "camera", selector: { boolean: {} }, default: true },
  { name: "microphone", selector: { boolean: {} }, default: true },
];

/** Camera and microphone with large switches, and the PIN that guards them. */
class MiraPrivacyCard extends MiraCard<PrivacyConfig> {
  protected override body(display: Display): TemplateResult {
    const state = display.view?.state;
    if (!state) return html``;
    return html`
      ${this.options.camera ? deviceSwitch(this, display, state, "camera", true) : nothing}
      ${this.options.microphone ? deviceSwitch(this, display, state, "microphone", true) : nothing}
      ${state.access?.pin_set ? this.#pin(state) : nothing}
    `;
  }

  #pin({ access }: State): TemplateResult {
    const until = access?.unlocked_until ? Date.parse(access.unlocked_until) : 0;
    const open = until > this.now;
    const lock = () => askFor(this, "lock", { action: "lock", payload: {} });
    return html`<div class="row" data-test="pin-row">
      ${icon(open ? mdiLockOpenVariant : mdiLock)}
      <span class="words">${open ? fill(this.words.unlocked, { time: this.formats.time(until) }) : this.words.locked}</span>
      ${open ? html`<button class="tap" data-test="lock" @click=${lock}>${this.words.lock}</button>` : nothing}
    </div>`;
  }
}

/** The switch of all devices of a kind in a card; none where the mirror has none. What a service that is gone observed last says nothing about now. */
export function deviceSwitch(
  card: MiraCard,
  display: Display,
  state: State,
  device: DeviceKind,
  large: boolean,
): TemplateResult | typeof nothing {
  const found = observedOf(display.view?.devices, device);
  if (!found) return nothing;
  return html`<mira-device-switch
    .device=${device}
    ?large=${large}
    .on=${state[device].on}
    .observed=${isFresh(display) ? found : null}
    .pending=${display.pending.has(device)}
    .question=${ownQuestion(state, device, "automation")}
    .texts=${card.texts}
    .words=${card.words}
  ></mira-device-switch>`;
}

export default cardFile("mira-privacy", MiraPrivacyCard, FIELDS);
