import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { EntityState } from "../homeassistant.ts";
import { base } from "../styles.ts";
import { MiraWidget, nameOf, type WidgetFile, widgetStyle } from "./widget.ts";

interface CameraOptions {
  /** A camera or an image. */
  entity: string;
  /** Between two pictures. */
  seconds?: number;
}

/** The picture of a camera of Home Assistant, while that camera gives one. */
export class MiraCamera extends MiraWidget<CameraOptions> {
  static override styles = [
    base,
    widgetStyle,
    css`
      img {
        display: block;
        inline-size: 100%;
        max-block-size: 28vh;
        object-fit: contain;
        object-position: var(--align, start);
        border-radius: calc(1.6 * var(--u));
      }
      img.without {
        display: none;
      }
    `,
  ];

  @state() private turn = 0;
  /** Whether the last picture could not be had. */
  @state() private without = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override entities(): readonly string[] {
    return [this.options.entity];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.turn += 1;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  protected override shows(): boolean {
    return this.#picture() !== null;
  }

  override render(): TemplateResult | typeof nothing {
    const picture = this.#picture();
    if (!picture) return nothing;
    return html`<img
      class=${this.without ? "without" : ""}
      src=${picture}
      alt=${this.#camera() ? nameOf(this.#camera() as EntityState) : ""}
      data-test="camera-picture"
      @load=${() => this.#next(false)}
      @error=${() => this.#next(true)}
    />`;
  }

  #camera(): EntityState | undefined {
    return this.states(this.entities())[0];
  }

  #picture(): string | null {
    const camera = this.#camera();
    const token = camera?.attributes.access_token;
    if (!camera || camera.state === "unavailable" || typeof token !== "string") return null;
    const domain = camera.entity_id.split(".")[0];
    const query = new URLSearchParams({ token, turn: String(this.turn) });
    return `/api/${domain}_proxy/${camera.entity_id}?${query}`;
  }

  /** Asks for the next picture when this one is there, or is not: never for two at once. */
  #next(without: boolean): void {
    this.without = without;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.turn += 1;
    }, this.options.seconds * 1_000);
  }
}

export default {
  element: MiraCamera,
  defaults: { entity: "", seconds: 10 },
  schema: [
    { name: "entity", required: true, selector: { entity: { domain: ["camera", "image"] } } },
    { name: "seconds", selector: { number: { min: 1, max: 3600, mode: "box" } } },
  ],
  suggest: () => null,
} satisfies WidgetFile<CameraOptions>;
