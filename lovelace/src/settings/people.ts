import { mdiCogOutline } from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { cardStyle } from "../cards/style.ts";
import { icon } from "../components/icon.ts";
import { define } from "../define.ts";
import type { HomeAssistant } from "../homeassistant.ts";
import { errorWords } from "../model/error-words.ts";
import { haPersonName, type Person, people } from "../model/people.ts";
import { base } from "../styles.ts";
import { fill, type SettingsTexts } from "../texts.ts";
import { named } from "./form.ts";
import "./person.ts";

/** Of somebody who is being added. */
const NEW = "";

/** Who lives here: to be seen, added, changed and forgotten. Names are asked for by this page alone, and kept nowhere. */
export class MiraPeopleSettings extends LitElement {
  static override styles = [
    base,
    cardStyle,
    css`
      ul {
        display: flex;
        flex-direction: column;
        gap: 8px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        padding-inline: 12px 4px;
        border: 1px solid var(--divider-color);
        border-radius: var(--ha-border-radius-lg, 12px);
      }
      .row {
        padding-block: 6px;
      }
      .row small {
        display: block;
        font-size: 12px;
      }
      li mira-person-settings {
        padding-block: 4px 12px;
        padding-inline-end: 8px;
      }
    `,
  ];

  @property({ attribute: false }) hass!: HomeAssistant;
  @property() entryId = "";
  /** Whether the mirror is there. */
  @property({ type: Boolean }) connected = false;
  /** The people by id, as the mirror's state has them, without names; undefined until there is somebody. */
  @property({ attribute: false }) known: object | undefined;
  /** Whether the mirror has a PIN, and who has one of their own, by id. */
  @property({ type: Boolean }) pin = false;
  @property({ attribute: false }) pins: object | undefined;
  /** What a PIN of theirs may open. */
  @property({ attribute: false }) risks: readonly string[] = [];
  @property({ attribute: false }) words!: SettingsTexts;
  @state() private people: Person[] | null = null;
  @state() private trouble = "";
  /** Whose form is open; null: nobody's. */
  @state() private open: string | null = null;
  /** What was done last. */
  @state() private outcome = "";

  protected override willUpdate(changed: PropertyValues<this>): void {
    if ((changed.has("known") || changed.has("connected") || changed.has("pins")) && this.connected)
      void this.#load();
  }

  protected override render(): TemplateResult {
    const { words } = this;
    return html`<div class="card" data-test="people-settings">
      <h2>${words.people}</h2>
      <p class="note">${words.people_help}</p>
      ${this.#body(words)}
      ${this.outcome ? html`<p class="note" role="status" data-test="people-outcome">${this.outcome}</p>` : nothing}
    </div>`;
  }

  #body(words: SettingsTexts): TemplateResult {
    const { people } = this;
    if (!this.connected) return note(words.people_unavailable, "unavailable");
    if (this.trouble) {
      return html`<p class="note warning" role="alert" data-test="people-trouble">${this.trouble}</p>
        <div class="line">${this.#button("people-retry", words.people_retry, () => this.#load())}</div>`;
    }
    if (!people) return note(words.starting, "loading");
    return html`${
      people.length > 0
        ? html`<ul>${repeat(
            people,
            ({ id }) => id,
            (person) => this.#person(words, person),
          )}</ul>`
        : note(words.people_empty, "empty")
    }
      ${
        this.open === NEW
          ? this.#form(null)
          : html`<div class="line">${this.#button("person-add", words.person_add, () => this.#show(NEW))}</div>`
      }`;
  }

  #person(words: SettingsTexts, person: Person): TemplateResult {
    const { id } = person;
    const name = person.name ?? words.person_nameless;
    const label = fill(words.person_edit, { name });
    const open = this.open === id;
    return html`<li data-test="person">
      <div class="row">
        <span class="words"><bdi>${name}</bdi><small class="soft">${this.#about(words, person)}</small></span>
        <button
          class="tap bare"
          title=${label}
          aria-label=${label}
          aria-expanded=${open}
          data-test="person-edit"
          @click=${() => this.#show(open ? null : id)}
        >
          ${icon(mdiCogOutline)}
        </button>
      </div>
      ${open ? this.#form(person) : nothing}
    </li>`;
  }

  #about(words: SettingsTexts, { ha_person, consents, pin }: Person): string {
    const linked = ha_person ? (haPersonName(ha_person, this.hass) ?? words.person_gone) : null;
    const all = [
      linked,
      ...consents.map((consent) => named(words, "consent", consent)),
      pin && words.person_has_pin,
    ];
    return all.filter(Boolean).join(" · ");
  }

  #form(person: Person | null): TemplateResult {
    return html`<mira-person-settings
      .hass=${this.hass}
      .entryId=${this.entryId}
      .words=${this.words}
      .person=${person}
      ?pin=${this.pin}
      .risks=${this.risks}
      @person-done=${(event: CustomEvent<string>) => {
        this.#show(null);
        this.outcome = event.detail;
        // What waits for a confirmation, and a name, change nothing that the mirror's state would show.
        void this.#load();
      }}
    ></mira-person-settings>`;
  }

  #button(name: string, words: string, act: () => void): TemplateResult {
    return html`<button class="tap" data-test=${name} @click=${act}>${words}</button>`;
  }

  #show(id: string | null): void {
    this.open = id;
    this.outcome = "";
  }

  async #load(): Promise<void> {
    try {
      this.people = await people(this.hass, this.entryId);
      this.trouble = "";
    } catch (error) {
      this.trouble = await errorWords(this.hass, error);
    }
  }
}

function note(words: string, name: string): TemplateResult {
  return html`<p class="note" data-test="people-${name}">${words}</p>`;
}

define("mira-people-settings", MiraPeopleSettings);
