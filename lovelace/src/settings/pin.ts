import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { cardStyle } from "../cards/style.ts";
import { define } from "../define.ts";
import type { Decision, HomeAssistant } from "../homeassistant.ts";
import type { Person } from "../model/people.ts";
import { base } from "../styles.ts";
import { fill, lookUp, type SettingsTexts } from "../texts.ts";
import type { FormField } from "../widgets/widget.ts";
import { form, named } from "./form.ts";

const field = (name: string, autocomplete: string): FormField => ({
  name,
  required: true,
  selector: { text: { type: "password", autocomplete } },
});
const CURRENT = field("pin_current", "current-password");
/** Who sets the PIN of a person gives that of the mirror. */
const MIRRORS = field("pin_mirror", "current-password");
const NEW: readonly FormField[] = [field("pin_new", "new-password"), field("pin_again", "new-password")];
const OPENS_ALL: FormField = { name: "opens_all", required: true, selector: { boolean: {} } };

interface Entered {
  pin_current?: string;
  pin_mirror?: string;
  pin_new?: string;
  pin_again?: string;
  /** Of a person's PIN; absent: as it is. */
  opens_all?: boolean;
  opens?: string[];
}

/** Sets, changes and removes the PIN, or that of a person. What was entered is forgotten with each answer, and is in no setting. */
export class MiraPinSettings extends LitElement {
  static override styles = [
    base,
    cardStyle,
    css`
      .own {
        padding: 0;
      }
      .own h2 {
        font-size: inherit;
        font-weight: 500;
      }
    `,
  ];

  @property({ attribute: false }) hass!: HomeAssistant;
  @property() entryId = "";
  /** Whose PIN it is; null: that of the household. */
  @property({ attribute: false }) person: Person | null = null;
  /** What a person's PIN may open. */
  @property({ attribute: false }) risks: readonly string[] = [];
  /** Whether there is such a PIN. */
  @property({ type: Boolean }) set = false;
  @property({ attribute: false }) words!: SettingsTexts;
  @state() private entered: Entered = {};
  @state() private busy = false;
  /** What came of the last attempt, and whether it failed. */
  @state() private outcome: { words: string; failed: boolean } | null = null;

  protected override render(): TemplateResult {
    const { words, entered, outcome, person } = this;
    const data = person ? { ...entered, opens_all: this.#opensAll(), opens: this.#opens() } : entered;
    return html`<div class="card ${person ? "own" : ""}" data-test="pin-settings">
      <h2>${person ? words.own_pin : words.pin}</h2>
      <p class="note" data-test="pin-is">${this.#is()}</p>
      ${form(this.hass, words, this.#fields(), data, (value) => {
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

  #is(): string {
    const { words, person } = this;
    if (!person) return this.set ? words.pin_is_set : words.pin_is_not_set;
    if (!this.set) return words.own_pin_is_not_set;
    const risks = person.opens?.map((risk) => named(words, "value", risk)).join(", ");
    return risks ? `${words.own_pin_is_set} ${fill(words.own_pin_opens, { risks })}` : words.own_pin_is_set;
  }

  #fields(): FormField[] {
    if (!this.person) return this.set ? [CURRENT, ...NEW] : [...NEW];
    const options = [...new Set([...this.risks, ...this.#opens()])]; // one of a newer sidecar stays
    const opens = { name: "opens", required: true, selector: { select: { options, multiple: true } } };
    return [MIRRORS, ...NEW, OPENS_ALL, ...(this.#opensAll() ? [] : [opens])];
  }

  #opensAll(): boolean {
    return this.entered.opens_all ?? !this.person?.opens;
  }

  #opens(): string[] {
    return this.entered.opens ?? this.person?.opens ?? [];
  }

  #save(): void {
    const { words, person } = this;
    const { pin_new: pin = "", pin_again: again } = this.entered;
    if (this.#lacksCurrent()) this.#tell(words.pin_refused_pin_required, true);
    else if (!/^[0-9]{4,12}$/.test(pin)) this.#tell(words.pin_format, true);
    else if (pin !== again) this.#tell(words.pin_mismatch, true);
    else if (person && !this.#opensAll() && this.#opens().length === 0)
      this.#tell(words.pin_opens_nothing, true);
    else {
      const more = person ? { opens: this.#opensAll() ? null : this.#opens() } : {};
      void this.#send({ pin, ...more }, this.set ? words.pin_changed : words.pin_was_set);
    }
  }

  #remove(): void {
    const { words } = this;
    if (this.#lacksCurrent()) this.#tell(words.pin_refused_pin_required, true);
    else void this.#send({}, this.person ? words.own_pin_removed : words.pin_removed);
  }

  #current(): string | undefined {
    return this.person ? this.entered.pin_mirror : this.entered.pin_current;
  }

  /** The mirror itself demands no current PIN while it is unlocked: without this, one tap would remove the PIN. */
  #lacksCurrent(): boolean {
    return (this.set || this.person !== null) && !this.#current();
  }

  async #send(what: { pin?: string; opens?: string[] | null }, done: string): Promise<void> {
    this.busy = true;
    try {
      const whose = this.person ? { person: this.person.id } : {};
      const pins = { ...what, current: this.#current() };
      const message = { type: "mira/set_pin", entry_id: this.entryId, ...whose, ...pins };
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
