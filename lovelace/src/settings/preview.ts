import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { define } from "../define.ts";
import type { HomeAssistant, MiraMessage, View } from "../homeassistant.ts";
import { onlySeen } from "../model/seen.ts";
import type { Settings } from "../model/settings.ts";

/** A mirror's shorter and longer side in px. */
const [SHORT, LONG] = [1080, 1920];

type Subscribe = HomeAssistant["connection"]["subscribeMessage"];

/**
 * The display as it is or would be: the real one, in a frame of a mirror's size, with the connection of this page.
 * A frame of its own, since sizes on the glass are shares of the window.
 */
export class MiraPreview extends LitElement {
  static override styles = css`
    :host {
      display: block;
      overflow: hidden;
      border-radius: var(--ha-border-radius-lg, 12px);
      background: #000;
      aspect-ratio: 9 / 16;
    }
    :host([across]) {
      aspect-ratio: 16 / 9;
    }
    iframe {
      border: 0;
      pointer-events: none;
      transform-origin: 0 0;
    }
    :host(:dir(rtl)) iframe {
      transform-origin: 100% 0;
    }
  `;

  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) settings: Settings = {};
  @property() entryId = "";
  @property() page = "";
  @property({ type: Boolean, reflect: true }) across = false;
  #panel: (HTMLElement & { hass?: HomeAssistant }) | null = null;
  #last: View | null = null;
  #show: (message: MiraMessage) => void = () => undefined;
  #sized = new ResizeObserver(() => this.#scale());

  protected override render(): TemplateResult {
    // A display keeps its screen on; one that is looked at elsewhere keeps no phone awake.
    return html`<iframe
      title=""
      tabindex="-1"
      aria-hidden="true"
      allow="screen-wake-lock 'none'"
      @load=${this.#fill}
    ></iframe>`;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sized.disconnect();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("across")) this.#scale();
    if (changed.has("hass") && this.#panel) this.#panel.hass = this.#drafted();
    if (this.#last && (changed.has("settings") || changed.has("page"))) this.#show(this.#with(this.#last));
  }

  #scale(): void {
    const frame = this.renderRoot.querySelector("iframe");
    if (!frame || this.clientWidth === 0) return;
    const [width, height] = this.across ? [LONG, SHORT] : [SHORT, LONG];
    frame.style.inlineSize = `${width}px`;
    frame.style.blockSize = `${height}px`;
    frame.style.transform = `scale(${this.clientWidth / width})`;
  }

  #fill = (event: Event): void => {
    const page = (event.target as HTMLIFrameElement).contentDocument;
    if (!page || this.#panel) return;
    page.body.style.margin = "0";
    page.body.style.background = "#000";
    const script = Object.assign(page.createElement("script"), {
      type: "module",
      src: new URL(/* @vite-ignore */ "mira.js", import.meta.url).href,
    });
    page.head.append(script);
    this.#panel = page.createElement("mira-panel");
    // Set when it is defined: before, it would hide the element's own property.
    void page.defaultView?.customElements.whenDefined("mira-panel").then(() => {
      if (!this.#panel) return;
      page.body.append(this.#panel);
      this.#panel.hass = this.#drafted();
    });
  };

  /** This page's Home Assistant, with the settings of the draft in what comes of the mirror. */
  #drafted(): HomeAssistant {
    const { connection } = this.hass;
    const subscribeMessage = ((
      show: (message: MiraMessage) => void,
      request: { type: string },
      options?: object,
    ) => {
      if (request.type !== "mira/subscribe") return connection.subscribeMessage(show, request, options);
      this.#show = show;
      const take = (message: MiraMessage) => {
        if (message.type === "view") this.#last = message;
        show(message.type === "view" ? this.#with(message) : onlySeen(message));
      };
      // A patch would start from a view that the draft has not changed. What is said is for those before the mirror.
      const whole = { ...request, entry_id: this.entryId, patches: false, voice: false };
      return connection.subscribeMessage(take, whole, options);
    }) as Subscribe;
    this.#connection ??= Object.create(connection, { subscribeMessage: { value: subscribeMessage } });
    return {
      ...this.hass,
      connection: this.#connection as HomeAssistant["connection"],
      user: { is_admin: false },
    };
  }

  #connection: HomeAssistant["connection"] | null = null;

  #with(view: View): View {
    const page = this.page || view.state?.page || "home";
    return { ...view, display: this.settings, frontend: null, state: view.state && { ...view.state, page } };
  }
}

define("mira-preview", MiraPreview);
