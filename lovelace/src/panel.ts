import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { Attention } from "./attention.ts";
import { hasMore } from "./components/banner.ts";
import type { MiraComfort } from "./components/comfort.ts";
import { ASKED_FOR, type AskedFor, PAD_WANTED, PIN_TAPPED } from "./components/command.ts";
import type { HomeAssistant } from "./homeassistant.ts";
import { Parts } from "./load.ts";
import { Mirror, minuteOf } from "./mirror.ts";
import { observedOf } from "./model/device-sign.ts";
import { type Display, EMPTY, isFresh } from "./model/display.ts";
import { type Formats, formatsOf, zoneOf } from "./model/formats.ts";
import { forGuests, guestLayout, isGuest } from "./model/guest.ts";
import { holding } from "./model/hands.ts";
import { isWrong, mirrorLink } from "./model/links.ts";
import { pageName } from "./model/pages.ts";
import { ownQuestion } from "./model/question.ts";
import { FIRST, glassScale, isFull, type Layout, layoutOf, type Region } from "./model/settings.ts";
import { teachingWords } from "./model/teaching.ts";
import { isOutdated } from "./model/update.ts";
import { glassView } from "./model/view.ts";
import type { PageTurn } from "./page-turn.ts";
import { layout } from "./panel-layout.ts";
import type { Capture, DeviceKind, Message, State } from "./protocol.ts";
import { setProperty } from "./set-property.ts";
import { StandIn } from "./stand-in.ts";
import { base, tokens } from "./styles.ts";
import type { Trouble } from "./subscription.ts";
import { guardTaps } from "./taps.ts";
import { TemporaryLog } from "./temporary-log.ts";
import { fill, type Texts, textsOf, type WidgetTexts, widgetTextsOf } from "./texts.ts";
import { keep, kept, namedIn } from "./which.ts";
import type { Whole } from "./whole.ts";
import { OVERLAYS, widgetSettings } from "./widgets/index.ts";
import { type WidgetContext, WidgetRegistry } from "./widgets/registry.ts";

function matters(hass?: HomeAssistant, before?: HomeAssistant): boolean {
  const read = ["connection", "language", "locale", "config", "user"] as const;
  return read.some((name) => hass?.[name] !== before?.[name]);
}

/** Right before left: where there is nothing on the right, what comes after it is as wide as the glass. */
const REGIONS_IN_ORDER: readonly Region[] = [
  "top_right",
  "top_left",
  "middle",
  "bottom_right",
  "bottom_left",
  "bottom_bar",
];

/** What the mirror wants from the person: nothing while it could not hear the answer. */
function asking(display: Display): "pin" | "question" | "" {
  if (!isFresh(display) || display.view?.problem) return "";
  return display.locked ? "pin" : display.question ? "question" : "";
}

type Turning = typeof import("./page-turn.ts");

/** The page that comes while pages turn, the regions where it hangs already, and what of the old one is still seen. */
interface Coming {
  page: string;
  regions: Set<Region>;
  leaving: readonly HTMLElement[];
}

const LOADED_FOR = "mira-loaded-for";
/** Calls back when the browser has nothing to draw; where it cannot tell, soon. */
const whenIdle: (then: () => void) => void =
  window.requestIdleCallback ?? ((then) => setTimeout(then, 1_000));

/** The mirror's display: Home Assistant's panel at /mira, over the whole window. */
export class MiraPanel extends LitElement {
  static override styles = [tokens, base, layout];
  /** Which display this is: the start of its bundle's SHA-256; null where nobody asked for one. */
  static version: string | null = null;

  /** Set anew with every change of any state in the house; few of them matter here. */
  @property({ attribute: false, noAccessor: true })
  get hass(): HomeAssistant | undefined {
    return this.#hass;
  }
  set hass(hass: HomeAssistant | undefined) {
    const before = this.#hass;
    this.#hass = hass;
    if (matters(hass, before)) this.requestUpdate("hass", before);
    if (hass) this.#widgets.offer(hass);
    if (hass && this.#comfort) this.#comfort.hass = hass;
  }
  @property({ type: Boolean }) narrow = false;
  @property({ attribute: false }) panel?: unknown;
  @property({ attribute: false }) route?: { path?: string };
  /** The page that is on the glass: for a moment still the old one while pages turn. */
  @state() private page: string | null = null;

  #mirror = new Mirror(this);
  #temporaryLog = new TemporaryLog(this);
  #comfort: MiraComfort | null = null;
  /** What is on the glass: to guests less than there is. */
  #shown = EMPTY;
  #guest = false;
  #attention = new Attention(this);
  protected standIn = new StandIn(this);
  #hass: HomeAssistant | undefined;
  #parts = new Parts(this);
  #widgets = new WidgetRegistry(this, this.#parts);
  #prepared = false;
  #language = "";
  #texts!: Texts;
  #widgetTexts: Record<string, WidgetTexts> = {};
  #formats!: Formats;
  #path: string | undefined;
  #whole: Whole | undefined;
  /** While pages turn. */
  #coming: Coming | null = null;

  constructor() {
    super();
    guardTaps(this);
    this.addEventListener(ASKED_FOR, (event) => {
      void this.#mirror.ask((event as CustomEvent<AskedFor>).detail);
    });
    this.addEventListener(PAD_WANTED, () => this.#mirror.openPad());
    this.addEventListener(PIN_TAPPED, (event) => {
      void this.#mirror.unlock((event as CustomEvent<string | null>).detail);
    });
    this.#mirror.live.follow(() => this.#makeRoom());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // The top layer lies over Home Assistant's sidebar whatever its stacking contexts are.
    this.popover = "manual";
    this.showPopover?.();
    this.#tell("hass-suspend-when-hidden", { suspend: false });
    window.addEventListener("resize", this.#measure);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("resize", this.#measure);
    this.#whole?.leave();
  }

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    this.#nameMirror();
    if (changed.has("hass") && this.hass) this.#takeHomeAssistant(this.hass);
    return this.#texts !== undefined;
  }

  protected override willUpdate(): void {
    const { display } = this.#mirror;
    const { hass } = this;
    if (hass && this.#formats.zone !== zoneOf(hass)) this.#formats = formatsOf(hass);
    this.#guest = isGuest(display);
    this.#shown = this.#guest ? forGuests(display) : display;
    const page = this.#shown.view?.state?.page ?? null;
    if (this.page === null) this.page = page;
    else if (page !== null && page !== this.page) void this.#turnTo(this.page, page);
    this.toggleAttribute("still", !this.#attention.cursor);
    this.dataset.view = glassView(
      this.#asking() || (this.#capturing ? "question" : ""),
      this.#hasMore(),
      isFull(this.#layout(this.page)),
    );
    this.#makeRoom();
    this.#measure();
  }

  protected override render(): TemplateResult {
    const { now } = this.#mirror;
    const display = this.#shown;
    if (this.#choosing()) return this.#choice(display);
    const state = display.view?.state ?? null;
    const asks = this.#asking();
    const message = display.message?.what;
    const more = !asks && this.#hasMore();
    // What takes the place of the clock alone leaves one above it.
    const least = asks || more ? FIRST : {};
    return html`<div class="glass">
      ${REGIONS_IN_ORDER.map((region) => this.#region(region, least))}
      <mira-signs
        .homeAssistant=${display.homeAssistant}
        .mirror=${mirrorLink(display)}
        .asOf=${display.staleSince}
        .minute=${minuteOf(now)}
        .formats=${this.#formats}
        .texts=${this.#texts}
      ></mira-signs>
      <mira-banner
        .problem=${display.view?.problem ?? null}
        .message=${message ?? null}
        .waiting=${this.#waiting()}
        .texts=${this.#texts}
        >${this.#clockSign(display.ahead)}</mira-banner
      >
      ${more && message ? this.#more(message) : nothing}
      ${asks === "pin" ? this.#pinPad(display) : asks === "question" ? this.#question(display) : nothing}
      ${asks ? nothing : this.#capture(display)}
      <div class="under">${this.#overlays(display)} ${this.#notices(display)}</div>
      ${this.#guest && this.#parts.ready("guest") ? html`<mira-guest .texts=${this.#texts}></mira-guest>` : nothing}
      ${state ? this.#foot(state) : nothing}
    </div>
    ${this.#parts.ready("comfort", false) ? this.#shade(display) : nothing}
    ${this.#buttons()} ${this.#settings()}`;
  }

  protected override updated(): void {
    const view = this.#shown.view;
    if (view && this.route) keep(view.mirror);
    if (view) this.dataset.rev = String(view.rev);
    if (this.page !== null) this.dataset.page = this.page;
    this.#seeWhole();
    if (!this.#prepared) whenIdle(() => this.#parts.prepare());
    this.#prepared = true;
    this.#comfort ??= this.renderRoot.querySelector("mira-comfort");
    this.#followUpdate(view?.frontend);
  }

  /** Takes the mirror from the address, as often as that changes; the panel's own pages leave it as it is. */
  #nameMirror(): void {
    const path = this.route?.path;
    if (path === this.#path) return;
    this.#path = path;
    const named = namedIn(path);
    if (named) this.#mirror.name(named);
    else if (!this.#mirror.which.mirror) this.#mirror.name(...kept());
  }

  /** Whether nobody has said yet which mirror this is, or the one that was named is gone. */
  #choosing(): boolean {
    const { code } = this.#shown.trouble ?? {};
    return code === "ambiguous_mirror" || code === "not_found" || this.#path === "/mirrors";
  }

  #choice({ trouble }: Display): TemplateResult {
    return this.#parts.ready("choice")
      ? html`<mira-choice .hass=${this.hass} .trouble=${trouble}></mira-choice>${this.#buttons()}`
      : html``;
  }

  #buttons(): TemplateResult | typeof nothing {
    if (!this.#parts.ready("buttons")) return nothing;
    return html`<mira-admin-buttons .hass=${this.hass} ?moved=${this.#attention.wayOut} .texts=${this.#texts}></mira-admin-buttons>`;
  }

  /** Whether a message shows a picture or buttons, once they can be shown. */
  #hasMore(): boolean {
    const message = this.#shown.message?.what;
    return this.#parts.ready("message", hasMore(message)) && hasMore(message);
  }

  /** What is asked, once it can be shown. */
  #asking(): "pin" | "question" | "" {
    const asks = asking(this.#shown);
    return asks && this.#parts.ready(asks) ? asks : "";
  }

  /** Loads the page anew for a newer display, when nobody is busy with this one. */
  #followUpdate(current: string | null | undefined): void {
    const display = this.#shown;
    const busy = this.#isSettling || this.#attention.wayOut || asking(display) || display.pending.size > 0;
    if (busy || !isOutdated(MiraPanel.version, current, sessionStorage.getItem(LOADED_FOR))) return;
    sessionStorage.setItem(LOADED_FOR, String(current));
    window.location.reload();
  }

  #takeHomeAssistant(hass: HomeAssistant): void {
    this.#mirror.use(hass);
    this.#formats = formatsOf(hass);
    void this.#speak(hass.locale?.language || hass.language || "en");
  }

  async #speak(language: string): Promise<void> {
    if (language === this.#language) return;
    this.#language = language;
    const load = () => Promise.all([textsOf(language), widgetTextsOf(language)]);
    const texts = await this.#parts.load("texts", load);
    if (language !== this.#language) return;
    [this.#texts, this.#widgetTexts] = texts;
    this.requestUpdate();
  }

  #waiting(): string {
    if (this.#parts.failing) return this.#texts.part_missing;
    const { subscription, trouble, view, homeAssistant } = this.#shown;
    const taught = teachingWords(view?.state, this.#texts);
    if (taught && mirrorLink(this.#shown) === "connected") return taught;
    if (homeAssistant !== "connected" || subscription === "live") return "";
    if (subscription === "waiting") return trouble ? this.#trouble(trouble) : this.#texts.waiting;
    return view ? "" : this.#texts.starting;
  }

  #trouble({ code, message, values }: Trouble): string {
    return code === "not_loaded" ? fill(this.#texts.not_loaded, values) : message;
  }

  /** What hangs where on a page. */
  #layout(page: string | null): Layout {
    const settings = this.#shown.view?.display ?? {};
    if (page === null) return FIRST;
    if (this.#guest) return guestLayout(layoutOf(page, settings, widgetSettings), widgetSettings);
    const visited = page === this.page ? this.#temporaryLog.layout : null;
    return visited ?? layoutOf(page, settings, widgetSettings);
  }

  #clockSign(ahead: number): TemplateResult | typeof nothing {
    if (!isWrong(ahead) || !this.#parts.ready("clock")) return nothing;
    return html`<mira-wrong-clock .ahead=${ahead} .formats=${this.#formats} .texts=${this.#texts}></mira-wrong-clock>`;
  }

  #more(message: Message): TemplateResult {
    return html`<mira-message-more
      .message=${message}
      .hass=${this.hass}
      .pending=${this.#shown.pending}
    ></mira-message-more>`;
  }

  /** `least`: what hangs where the page has nothing. */
  #region(region: Region, least: Layout): TemplateResult {
    const coming = this.#coming;
    const widgets = this.#widgetsOf(region, coming?.regions.has(region) ? coming.page : this.page, least);
    const leaves = (one: HTMLElement) =>
      (one.parentElement as HTMLElement).dataset.test === region && !widgets.includes(one);
    const hung = [...widgets, ...(coming?.leaving ?? []).filter(leaves)];
    return html`<div class="region page ${region}" data-test=${region}>
      ${repeat(
        hung,
        (one) => one,
        (one) => one,
      )}
    </div>`;
  }

  /** The widgets of a page in a region; those that are still being loaded are missing. */
  #widgetsOf(region: Region, page: string | null, least: Layout = {}): HTMLElement[] {
    const context = this.#context();
    // What pages have at the same place is one widget, which stays while they turn.
    const where = region === "middle" ? `${page ?? "home"} ${region}` : region;
    return (this.#layout(page)[region] ?? least[region] ?? []).flatMap(
      (config, place) => this.#widgets.at(`${where} ${place}`, config, context) ?? [],
    );
  }

  /** What the mirror's subjects show on every page. */
  #overlays({ view }: Display): HTMLElement[] {
    const parts = view?.state?.parts ?? {};
    const context = this.#context();
    return OVERLAYS.flatMap((subject) => (subject in parts && this.#widgets.over(subject, context)) || []);
  }

  #context(): WidgetContext {
    const { live, now, voice } = this.#mirror;
    return {
      formats: this.#formats,
      texts: this.#texts,
      widgetTexts: this.#widgetTexts,
      minute: minuteOf(now),
      display: this.#shown,
      live,
      voice: this.#guest ? null : voice,
    };
  }

  /** Notices hang where something else can be spared for a while. */
  #makeRoom(): void {
    const { gesture, refusal, undo } = this.#shown;
    const held = holding(this.#mirror.live.hands).length > 0;
    this.toggleAttribute("noticed", Boolean(held || gesture || refusal || undo));
  }

  #measure = (): void => {
    const { size } = this.#shown.view?.display ?? {};
    const { scale, touch } = glassScale(size, window.innerWidth, window.innerHeight);
    setProperty(this, "--mira-scale", scale.toFixed(3));
    setProperty(this, "--mira-touch", `${touch.toFixed(1)}px`);
  };

  #shade(display: Display): TemplateResult {
    return html`<mira-comfort
      .comfort=${display.view?.display?.comfort ?? {}}
      .live=${this.#mirror.live}
      .display=${display}
      .hass=${this.#hass}
    ></mira-comfort>`;
  }

  #question({ question, view, pending, ahead }: Display): TemplateResult {
    return html`<mira-question
      .question=${question?.what}
      .until=${question?.until}
      .ahead=${ahead}
      .watched=${view?.devices.camera?.capture === "open"}
      .pending=${pending}
      .texts=${this.#texts}
    ></mira-question>`;
  }

  /** What is about to be taken, once that can be shown. */
  get #capturing(): Capture | null {
    const capture = this.#shown.view?.state?.parts?.talk?.capture;
    return capture && this.#parts.ready("capture") ? capture : null;
  }

  #capture({ ahead, pending }: Display): TemplateResult | typeof nothing {
    const capture = this.#capturing;
    if (!capture) return nothing;
    return html`<mira-capture
      .capture=${capture}
      .ahead=${ahead}
      .pending=${pending}
      .texts=${this.#texts}
    ></mira-capture>`;
  }

  #pinPad({ view, ahead, pending }: Display): TemplateResult {
    return html`<mira-pin-pad
      .access=${view?.state?.access ?? {}}
      .ahead=${ahead}
      .busy=${pending.has("pin")}
      .texts=${this.#texts}
    ></mira-pin-pad>`;
  }

  #notices({ gesture, refusal, undo }: Display): TemplateResult | typeof nothing {
    if (!this.#parts.ready("notices", Boolean(gesture || refusal || undo))) return nothing;
    return html`<mira-notices
      .live=${this.#mirror.live}
      .page=${this.#coming?.page ?? this.page ?? ""}
      .parts=${this.#pageParts}
      .gesture=${gesture?.what ?? null}
      .refusal=${refusal?.what ?? null}
      .undo=${isFresh(this.#shown) ? (undo?.what ?? null) : null}
      .formats=${this.#formats}
      .texts=${this.#texts}
    ></mira-notices>`;
  }

  #device(device: DeviceKind, state: State): TemplateResult | typeof nothing {
    const { view, pending } = this.#shown;
    const found = observedOf(view?.devices, device);
    if (!found) return nothing;
    // What a service that is gone observed last says nothing about now.
    const observed = mirrorLink(this.#shown) === "connected" ? found : null;
    return html`<mira-device
      .device=${device}
      .on=${state[device].on}
      .observed=${observed}
      .pending=${pending.has(device)}
      .question=${ownQuestion(state, device)}
      .texts=${this.#texts}
    ></mira-device>`;
  }

  #foot(state: State): TemplateResult {
    const shown = this.#coming?.page ?? this.page ?? state.page;
    const name = pageName(state.page, this.#texts);
    return html`<div class="foot">
      <span class="page-name" data-test="page"><bdi>${pageName(shown, this.#texts)}</bdi></span>
      <div class="dots" data-test="dots" role="img" aria-label="${this.#texts.page}: ${name}">
        ${state.pages.map((page) => html`<span class="dot ${page === shown ? "current" : ""}"></span>`)}
      </div>
      <div class="devices">${this.#device("microphone", state)} ${this.#device("camera", state)}</div>
    </div>`;
  }

  async #turnTo(from: string, to: string): Promise<void> {
    if (this.#coming) return;
    const turning = this.#parts.loaded("turn");
    const coming: Coming = { page: to, regions: new Set(), leaving: [] };
    this.#coming = coming;
    try {
      if (turning?.canTurn()) {
        await turning.drawn(); // what else the mirror said with the page
        await this.#pageTurn(turning, coming, from).run(this.#changes(coming), () => {
          coming.leaving = [];
          this.requestUpdate();
          return this.updateComplete;
        });
      }
    } finally {
      this.toggleAttribute("hanging", false);
      this.#coming = null;
      this.#temporaryLog.end();
      this.page = to;
      this.requestUpdate(); // without what has left, and on to the next
    }
  }

  #pageTurn({ PageTurn, turnDirection }: Turning, coming: Coming, from: string): PageTurn {
    const pages = this.#shown.view?.state?.pages ?? [];
    const sign = turnDirection(pages, from, coming.page) * (document.dir === "rtl" ? -1 : 1);
    const before = this.#pageParts().flatMap((part) => [...part.children]) as HTMLElement[];
    const after = REGIONS_IN_ORDER.flatMap((region) => this.#widgetsOf(region, coming.page));
    const turn = new PageTurn(this.renderRoot.querySelector(".glass") as HTMLElement, before, after, sign);
    coming.leaving = turn.leaving;
    return turn;
  }

  /** One region after another hangs what the page that comes has there; then it is the page that is there. */
  *#changes(coming: Coming): Generator<() => Promise<unknown>> {
    this.toggleAttribute("hanging", true);
    const next = this.#layout(coming.page);
    for (const region of REGIONS_IN_ORDER) {
      if (!next[region]?.length) continue;
      yield () => {
        coming.regions.add(region);
        this.requestUpdate();
        return this.updateComplete;
      };
    }
    yield async () => {
      this.#temporaryLog.end();
      this.page = coming.page;
      await this.updateComplete;
      this.toggleAttribute("hanging", false);
      this.#whole?.look();
    };
  }

  /** No widget is cut through by the edge of its region. */
  #seeWhole(): void {
    if (!this.#parts.ready("whole")) return;
    const { Whole } = this.#parts.loaded("whole") ?? {};
    if (Whole) this.#whole ??= new Whole(this);
    this.#whole?.follow();
  }

  #pageParts = (): HTMLElement[] => [...this.renderRoot.querySelectorAll<HTMLElement>(".page")];

  get #isSettling(): boolean {
    return this.route?.path?.split("/")[1] === "settings";
  }

  /** The pages for administrators, over the glass. */
  #settings(): TemplateResult | typeof nothing {
    const open = this.#isSettling && this.hass?.user?.is_admin === true;
    if (!open || !this.#parts.ready("settings")) return nothing;
    return html`<mira-settings
      .hass=${this.hass}
      .path=${this.route?.path}
      .shown=${this.#shown.view?.mirror.entry_id ?? ""}
    ></mira-settings>`;
  }

  #tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
