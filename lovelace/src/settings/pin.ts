import { html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { cardStyle } from "../cards/style.ts";
import { define } from "../define.ts";
import type { Decision, HomeAssistant } from "../homeassistant.ts";
import { base } from "../styles.ts";
import type { SettingsTexts } from "../texts.ts";
import { lookUp } from "../texts.ts";
import type { FormField } from "../widgets/widget.ts";
import { form } from "./form.ts";

const field = (name: string, autocomplete: string): FormField => ({
  name,
  required: true,
  selector: { text: { type: "password", autocomplete } },
});
const CURRENT: readonly FormField[] = [field("pin_current", "current-password")];
const NEW: readonly FormField[] = [field("pin_new", "new-password"), field("pin_again", "new-password")];

interface Entered {
  pin_current?: string;
  pin_new?: string;
  pin_again?: string;
}

/** Sets, changes and removes the PIN. What was entered is forgotten with each answer, and is in no setting. */
export class MiraPinSettings extends LitElement {
  static override styles = [base, cardStyle];

  @property({ attribute: false }) hass!: HomeAssistant;
  @property() entryId = "";
  /** Whether there is a PIN. */
  @property({ type: Boolean }) set = false;
  @property({ attribute: false }) words!: SettingsTexts;
  @state() private entered: Entered = {};
  @state() private busy = false;
  /** What came of the last attempt, and whether it failed. */
  @state() private outcome: { words: string; failed: boolean } | null = null;

  protected override render(): TemplateResult {
    const { words, entered, outcome } = this;
    const fields = this.set ? [...CURRENT, ...NEW] : NEW;
    return html`<div class="card" data-test="pin-settings">
      <h2>${words.pin}</h2>
      <p class="note">${this.set ? words.pin_is_set : words.pin_is_not_set}</p>
      ${form(this.hass, words, fields, entered, (value) => {
        this.entered = value;
        this.outcome = null;
      })}
      ${outcome ? html`<p class=${outcome.failed ? "warning note" : "note"} role="status" data-test="pin-outcome">${outcome.words}</p>` : nothing}
      <div class="line">
        <button class="tap" data-test="pin-save" ?disabled=${this.busy} @click=${this.#save}>
          ${this.set ? words.pin_change : words.pin_set}
        </button>
        ${
          this.set
            ? html`<button class="tap" data-test="pin-remove" ?disabled=${this.busy} @click=${this.#remove}>
                ${words.pin_remove}
              </button>`
            : nothing
        }
      </div>
    </div>`;
  }

  #save(): void {
    const { words } = this;
    const { pin_new: pin = "", pin_again: again, pin_current: current } = this.entered;
    if (this.#lacksCurrent()) this.#tell(words.pin_refused_pin_required, true);
    else if (!/^[0-9]{4,12}$/.test(pin)) this.#tell(words.pin_format, true);
    else if (pin !== again) this.#tell(words.pin_mismatch, true);
    else void this.#send({ pin, current }, this.set ? words.pin_changed : words.pin_was_set);
  }

  #remove(): void {
    const { words } = this;
    if (this.#lacksCurrent()) this.#tell(words.pin_refused_pin_required, true);
    else void this.#send({ current: this.entered.pin_current }, words.pin_removed);
  }

  /** The mirror itself demands no current PIN while it is unlocked: without this, one tap would remove the PIN. */
  #lacksCurrent(): boolean {
    return this.set && !this.entered.pin_current;
  }

  async #send(pins: { pin?: string; current?: string | undefined }, done: string): Promise<void> {
    this.busy = true;
    try {
      const message = { type: "mira/set_pin", entry_id: this.entryId, ...pins };
      const { outcome, reason } = await this.hass.connection.sendMessagePromise<Decision>(message);
      const why = lookUp(this.words, `pin_refused_${reason}`) ?? this.words.pin_refused;
      this.#tell(outcome === "accepted" ? done : why, outcome !== "accepted");
    } catch {
      this.#tell(this.words.pin_no_answer, true);
    }
    this.entered = {};
    this.busy = false;
  }

  #tell(words: string, failed: boolean): void {
    this.outcome = { words, failed };
  }
}

define("mira-pin-settings", MiraPinSettings);
