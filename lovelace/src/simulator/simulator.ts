import { mdiArrowLeft } from "@mdi/js";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { cardStyle } from "../cards/style.ts";
import { icon } from "../components/icon.ts";
import { define } from "../define.ts";
import { EverySecond } from "../every-second.ts";
import type { HomeAssistant } from "../homeassistant.ts";
import { type Person, people } from "../model/people.ts";
import { navigate } from "../navigate.ts";
import { pageStyle } from "../settings/style.ts";
import { base } from "../styles.ts";
import { fill, widgetTextsOf } from "../texts.ts";
import { baseOf } from "./address.ts";
import { type Answer, health, memory } from "./api.ts";
import { Client, type Start } from "./client.ts";
import { emotionOf, openTurn, type Problem, type Session, textOf } from "./session.ts";
import { simulatorStyle } from "./style.ts";
import { emotionName, face, problem, turnView, type Words } from "./turn.ts";
import { keyLine, originLine, simulatorTextsOf } from "./words.ts";

const ADDRESS = "mira-talk-address";
/** Characters that the sidecar takes at once. */
const MOST_TEXT = 1_000;

type Field = "address" | "key" | "person" | "persona" | "language";

/** Talks to a persona as another program does, for administrators. The key is kept in here alone. */
export class MiraTalkSimulator extends LitElement {
  static override styles = [base, cardStyle, pageStyle, simulatorStyle];

  @property({ attribute: false }) hass!: HomeAssistant;
  @property() entryId = "";
  @state() private words: Words | null = null;
  @state() private known: Person[] = [];
  /** What was entered, and what is wrong with it. */
  @state() private fields: Record<Field, string> = { ...EMPTY, address: localStorage.getItem(ADDRESS) ?? "" };
  @state() private wrong: Problem | null = null;
  @state() private text = "";
  @state() private answers: { health?: Answer | "asked"; memory?: Answer | "asked" } = {};
  /** Whether nothing has been said yet in this conversation, although something was before. */
  @state() private anew = false;
  /** For those who do not see it. */
  @state() private told = "";
  protected seconds = new EverySecond(this);
  #client = new Client(() => this.#changed());
  #before: Session = this.#client.session;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#client.leave();
    this.fields = { ...this.fields, key: "" };
  }

  async #load(): Promise<void> {
    const language = this.hass.locale?.language || this.hass.language || "en";
    const [texts, widgets] = await Promise.all([simulatorTextsOf(language), widgetTextsOf(language)]);
    const { format } = new Intl.NumberFormat(language);
    this.words = { texts, face: widgets.talk ?? { name: "" }, number: format };
    this.known = this.entryId ? await people(this.hass, this.entryId).catch(() => []) : [];
  }

  protected override render(): TemplateResult | typeof nothing {
    const { words } = this;
    if (!words) return nothing;
    const { texts } = words;
    return html`<header>
        <button
          class="tap bare"
          title=${texts.back}
          aria-label=${texts.back}
          data-test="simulator-back"
          @click=${() => navigate("/mira/settings")}
        >
          ${icon(mdiArrowLeft)}
        </button>
        <h1>${texts.title}</h1>
      </header>
      <div class="whole">
        <ha-card class="connection">${this.#connection(words)}</ha-card>
        <ha-card class="talk">${this.#talk(words)}</ha-card>
        <ha-card class="more">${this.#sidecar(words)}</ha-card>
      </div>
      <p class="unseen" role="status" data-test="told">${this.told}</p>`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { link } = this.#client.session;
    const before = this.#before.link;
    this.#before = this.#client.session;
    // What had the focus is not there any more.
    if (link === "open" && before !== "open") {
      this.#focus("#text");
      void this.#askHealth();
    }
    if (link === "closed" && before === "open") this.#focus("#connect");
    // What comes moves the field down: whoever is about to say more keeps it in sight.
    const said = openTurn(this.#client.session) ? this.renderRoot.querySelector(".say:focus-within") : null;
    said?.scrollIntoView({ block: "nearest" });
  }

  #focus(selector: string): void {
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }

  #connection({ texts }: Words): TemplateResult {
    const { link, problem: why, id } = this.#client.session;
    const { address, person } = this.fields;
    const who = { address: baseOf(address) ?? "", person: this.#name(person) ?? texts.unknown };
    const trouble = this.wrong ?? why;
    return html`<div class="card">
      <h2>${texts.connection}</h2>
      <p class="note" role="status" data-test="link" data-link=${link}>${fill(texts[`link_${link}`], who)}</p>
      ${link === "open" ? html`<small>${fill(texts.session, { id })}</small>` : nothing}
      ${trouble ? html`<div class="stack">${problem(trouble, texts)}</div>` : nothing}
      ${
        link === "closed"
          ? this.#form(texts)
          : html`<div class="line">
              <button class="tap" data-test="disconnect" @click=${() => this.#client.leave()}>${texts.disconnect}</button>
            </div>`
      }
      <details>
        <summary>${texts.needs}</summary>
        <p class="note">${texts.needs_api}</p>
        <p class="note">${texts.needs_key}</p>
        <code>${keyLine()}</code>
        <p class="note">${texts.needs_origin}</p>
        <code data-test="origin">${originLine(location.origin)}</code>
      </details>
    </div>`;
  }

  #form(texts: Words["texts"]): TemplateResult {
    return html`<form autocomplete="off" novalidate @submit=${this.#connect}>
      ${this.#field("address", texts.address, "", "http://mirror.local:8765")}
      ${this.#field("key", texts.key, texts.key_help, "mira_…")}
      ${this.#field("person", texts.person, texts.person_help, "p_…")}
      <datalist id="people">
        ${this.known.map(({ id, name }) => html`<option value=${id}>${name ?? ""}</option>`)}
      </datalist>
      ${this.#field("persona", texts.persona, texts.persona_help)}
      ${this.#field("language", texts.language, texts.language_help)}
      <div class="line">
        <button class="tap primary" id="connect" data-test="connect">${texts.connect}</button>
      </div>
    </form>`;
  }

  #field(name: Field, label: string, help: string, placeholder = ""): TemplateResult {
    return html`<label class="field">
      ${label}
      <input
        type="text"
        class=${name === "key" ? "secret" : ""}
        inputmode=${name === "address" ? "url" : "text"}
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        list=${name === "person" ? "people" : nothing}
        placeholder=${placeholder}
        data-test=${name}
        .value=${this.fields[name]}
        @input=${({ target }: Event) => {
          this.fields = { ...this.fields, [name]: (target as HTMLInputElement).value };
          this.wrong = null;
        }}
      />
      ${help ? html`<small>${help}</small>` : nothing}
    </label>`;
  }

  #talk(words: Words): TemplateResult {
    const { texts } = words;
    const { session } = this.#client;
    const shown = emotionOf(session) ?? { tag: "neutral", emoji: "" };
    const now = performance.now();
    return html`<div class="card">
      <h2>${texts.talk}</h2>
      <p class="note">${texts.talk_help}</p>
      <div class="face">
        ${face(shown.tag, shown.emoji, words)}
        <span data-test="shown">${`${shown.emoji} ${emotionName(shown.tag, words.face)}`.trim()}</span>
      </div>
      ${
        session.turns.length > 0
          ? html`<ol aria-label=${texts.history} data-test="history">
              ${session.turns.map((turn) => turnView(turn, now, words))}
            </ol>`
          : nothing
      }
      <p class="note" role="status" data-test="anew">${this.anew ? texts.another_began : ""}</p>
      ${session.strange.length > 0 ? this.#strange(session, texts) : nothing}
      ${session.link === "open" ? this.#say(session, texts) : html`<p class="note">${texts.talk_connect}</p>`}
    </div>`;
  }

  #strange({ strange }: Session, texts: Words["texts"]): TemplateResult {
    const messages = strange.map((type) => type || texts.strange_other).join(", ");
    return html`<p class="note" data-test="strange">${fill(texts.strange, { messages })}</p>`;
  }

  #say(session: Session, texts: Words["texts"]): TemplateResult {
    const busy = openTurn(session) !== undefined;
    return html`<form class="say" autocomplete="off" @submit=${this.#send}>
        <label class="field">
          ${texts.text}
          <input
            type="text"
            id="text"
            maxlength=${MOST_TEXT}
            data-test="text"
            .value=${this.text}
            @input=${({ target }: Event) => {
              this.text = (target as HTMLInputElement).value;
            }}
          />
        </label>
        <button
          class="tap ${busy ? "" : "primary"}"
          type=${busy ? "button" : "submit"}
          data-test=${busy ? "stop" : "send"}
          @click=${() => busy && this.#client.cancel()}
        >
          ${busy ? texts.stop : texts.send}
        </button>
      </form>
      <div class="line">
        <label class="tap file" title=${texts.sound_help} aria-disabled=${busy}>
          ${texts.sound}
          <input
            type="file"
            accept=".wav,.aac,audio/wav,audio/x-wav,audio/aac"
            data-test="sound"
            aria-describedby="sound-help"
            ?disabled=${busy}
            @change=${this.#play}
          />
        </label>
        <button class="tap" data-test="another" ?disabled=${busy} @click=${this.#another}>${texts.another}</button>
        <small id="sound-help">${texts.sound_help}</small>
      </div>`;
  }

  #sidecar({ texts }: Words): TemplateResult {
    const { health, memory } = this.answers;
    return html`<div class="card">
      <h2>${texts.sidecar}</h2>
      <div class="line">
        <button class="tap" data-test="ask-health" @click=${this.#askHealth}>${texts.health}</button>
        <button class="tap" data-test="ask-memory" @click=${this.#askMemory}>${texts.memory}</button>
      </div>
      <div class="stack" aria-live="polite" data-test="health">
        ${this.#answer(health, texts, ({ status, version }) => html`<p>${fill(texts.health_is, { status: String(status), version: String(version) })}</p>`)}
      </div>
      <div class="stack" aria-live="polite" data-test="memory">
        ${this.#answer(memory, texts, (body) => html`<pre tabindex="0">${JSON.stringify(body, null, 2)}</pre>`)}
      </div>
    </div>`;
  }

  #answer(
    answer: Answer | "asked" | undefined,
    texts: Words["texts"],
    shown: (body: Record<string, unknown>) => TemplateResult,
  ): TemplateResult | typeof nothing {
    if (!answer) return nothing;
    if (answer === "asked") return html`<p class="note">${texts.asking}</p>`;
    return answer.body ? shown(answer.body) : problem(answer.problem, texts);
  }

  /** What the page calls a person; null: nobody is named. */
  #name(person: string): string | null {
    const id = person.trim();
    return (this.known.find((one) => one.id === id)?.name ?? id) || null;
  }

  /** What was entered, where it can be used; else the page says what is wrong with it. */
  #target(needsKey: boolean): { base: string; key: string } | null {
    const { address, key } = this.fields;
    const base = baseOf(address);
    this.wrong = base ? (needsKey && !key.trim() ? { code: "no_key" } : null) : { code: "bad_address" };
    return base && !this.wrong ? { base, key: key.trim() } : null;
  }

  #start(): Start {
    const { person, persona, language } = this.fields;
    return {
      user_id: person.trim() || "unknown",
      ...(persona.trim() ? { persona: persona.trim() } : {}),
      ...(language.trim() ? { language: language.trim() } : {}),
    };
  }

  #connect(event: Event): void {
    event.preventDefault();
    const target = this.#target(true);
    if (!target) return;
    localStorage.setItem(ADDRESS, target.base);
    this.anew = false;
    this.answers = {};
    this.#client.connect(target.base, target.key, this.#start());
  }

  #send(event: Event): void {
    event.preventDefault();
    const text = this.text.trim();
    this.#focus("#text");
    if (!text || openTurn(this.#client.session)) return;
    this.text = "";
    this.anew = false;
    this.#client.say(text);
  }

  #play({ target }: Event): void {
    const input = target as HTMLInputElement;
    const file = input.files?.[0];
    input.value = "";
    this.anew = false;
    if (file) void this.#client.play(file);
  }

  #another(): void {
    this.#client.begin(this.#start());
    this.anew = true;
  }

  async #askHealth(): Promise<void> {
    const target = this.#target(false);
    if (target) await this.#ask("health", health(target.base));
  }

  async #askMemory(): Promise<void> {
    const person = this.fields.person.trim();
    const target = this.#target(true);
    if (target && person) await this.#ask("memory", memory(target.base, target.key, person));
    else if (target) this.answers = { ...this.answers, memory: { problem: { code: "memory_unknown" } } };
  }

  async #ask(what: "health" | "memory", answer: Promise<Answer>): Promise<void> {
    this.answers = { ...this.answers, [what]: "asked" };
    this.answers = { ...this.answers, [what]: await answer };
  }

  /** Chunk by chunk it would be read out in pieces: who listens hears an answer once it has ended. */
  #changed(): void {
    const turn = this.#client.session.turns.at(-1);
    if (this.words && turn?.end) {
      const { texts } = this.words;
      this.told = [textOf(turn), texts[`outcome_${turn.end.outcome}`]].filter(Boolean).join(" ");
    }
    this.requestUpdate();
  }
}

const EMPTY: Record<Field, string> = { address: "", key: "", person: "", persona: "", language: "" };

define("mira-talk-simulator", MiraTalkSimulator);
