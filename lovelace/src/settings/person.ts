import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { cardStyle } from "../cards/style.ts";
import { define } from "../define.ts";
import type { Decision, HomeAssistant } from "../homeassistant.ts";
import { errorWords } from "../model/error-words.ts";
import { CONSENTS, changesOf, entered, fieldsOf, type Person, type PersonFields } from "../model/people.ts";
import { base } from "../styles.ts";
import { fill, type SettingsTexts } from "../texts.ts";
import type { FormField } from "../widgets/widget.ts";
import { form } from "./form.ts";
import "./pin.ts";

const FIELDS: readonly FormField[] = [
  { name: "person_name", required: true, selector: { text: { autocomplete: "off" } } },
  { name: "ha_person", selector: { entity: { domain: "person" } } },
  ...CONSENTS.map((consent) => ({ name: `consent_${consent}`, selector: { boolean: {} } })),
];

/** One person, or somebody who is being added: `person-done` says in its detail what was done. */
export class MiraPersonSettings extends LitElement {
  static override styles = [
    base,
    cardStyle,
    css`
      .all {
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      h3,
      p {
        margin: 0;
      }
      h3 {
        font-size: inherit;
        font-weight: 500;
      }
      section {
        display: flex;
        flex-direction: column;
        gap: 12px;
        padding-block-start: 12px;
        border-block-start: 1px solid var(--divider-color);
      }
      .danger {
        color: var(--problem);
      }
    `,
  ];

  @property({ attribute: false }) hass!: HomeAssistant;
  @property() entryId = "";
  /** Null: somebody new. */
  @property({ attribute: false }) person: Person | null = null;
  /** Whether the mirror has a PIN. */
  @property({ type: Boolean }) pin = false;
  /** What a PIN of theirs may open. */
  @property({ attribute: false }) risks: readonly string[] = [];
  @property({ attribute: false }) words!: SettingsTexts;
  @state() private fields: PersonFields | null = null;
  @state() private busy = false;
  @state() private trouble = "";
  /** Whether it is asked if this person is to be forgotten. */
  @state() private asked = false;

  protected override render(): TemplateResult {
    const { words, person } = this;
    return html`<div class="all" data-test="person-form">
      ${form(this.hass, words, FIELDS, this.#fields(), (fields) => {
        this.fields = entered(fields as PersonFields, this.hass);
        this.trouble = "";
      })}
      ${this.trouble ? html`<p class="warning" role="alert" data-test="person-trouble">${this.trouble}</p>` : nothing}
      <div class="line">
        ${this.#button("person-save", person ? words.save : words.person_add_done, () => this.#save())}
        ${this.#button("person-cancel", words.person_cancel, () => this.#done(""))}
      </div>
      ${person ? html`${this.#pin(person)}${this.#forget(person)}` : nothing}
    </div>`;
  }

  #pin(person: Person): TemplateResult {
    const { words } = this;
    return html`<section>
      ${
        this.pin
          ? html`<mira-pin-settings
              .hass=${this.hass}
              .entryId=${this.entryId}
              .words=${words}
              .person=${person}
              .risks=${this.risks}
              ?set=${person.pin}
            ></mira-pin-settings>`
          : html`<h3>${words.own_pin}</h3>
              <p class="note" data-test="own-pin-needs-pin">${words.own_pin_needs_pin}</p>`
      }
    </section>`;
  }

  #forget(person: Person): TemplateResult {
    const { words } = this;
    const name = person.name ?? words.person_nameless;
    if (!this.asked) {
      return html`<section>
        <div class="line">
          ${this.#button("person-forget", fill(words.person_forget, { name }), () => {
            this.asked = true;
          })}
        </div>
      </section>`;
    }
    return html`<section role="group" aria-labelledby="asked">
      <h3 id="asked" class="danger">${fill(words.person_forget_asked, { name })}</h3>
      <p>${words.person_forget_help}</p>
      <div class="line">
        ${this.#button("person-forget-yes", words.person_forget_yes, () => this.#send("forget", {}, fill(words.person_forgotten, { name })), "danger")}
        ${this.#button("person-forget-no", words.person_forget_no, () => {
          this.asked = false;
        })}
      </div>
    </section>`;
  }

  #button(name: string, words: string, act: () => void, kind = ""): TemplateResult {
    return html`<button class="tap ${kind}" data-test=${name} ?disabled=${this.busy} @click=${act}>
      <bdi>${words}</bdi>
    </button>`;
  }

  #fields(): PersonFields {
    return this.fields ?? fieldsOf(this.person);
  }

  #save(): void {
    const { words, person } = this;
    const changes = changesOf(person, this.#fields());
    if (changes.name === "" || !(person || changes.name)) this.trouble = words.person_no_name;
    else if (person && Object.keys(changes).length === 0) this.#done(words.person_unchanged);
    else if (person) void this.#send("change", changes, words.person_changed);
    else void this.#send("add", changes, fill(words.person_added, { name: changes.name ?? "" }));
  }

  async #send(command: "add" | "change" | "forget", changes: object, done: string): Promise<void> {
    this.busy = true;
    this.trouble = "";
    try {
      const which = this.person ? { person: this.person.id } : {};
      const message = { type: `mira/people/${command}`, entry_id: this.entryId, ...which, ...changes };
      const { status } = await this.hass.connection.sendMessagePromise<Decision>(message);
      this.#done(status === "waiting" ? this.words.people_waiting : done);
    } catch (error) {
      this.trouble = await errorWords(this.hass, error);
    }
    this.busy = false;
  }

  #done(words: string): void {
    this.dispatchEvent(new CustomEvent("person-done", { detail: words }));
  }
}

define("mira-person-settings", MiraPersonSettings);
