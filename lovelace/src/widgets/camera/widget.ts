import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { EntityState } from "../../homeassistant.ts";
import type { LiveHands } from "../../live-hands.ts";
import type { Display } from "../../model/display.ts";
import { mirrorLink } from "../../model/links.ts";
import { bones, isOverlaid, isOwn, joints } from "../../model/overlay.ts";
import type { Device } from "../../protocol.ts";
import { base } from "../../styles.ts";
import { MiraWidget, nameOf, widgetStyle } from "../widget.ts";
import type { CameraOptions } from "./settings.ts";

/** Until a picture that could not be had is asked for again, at most. */
const RETRY_S = 10;
/** Width over height, before the camera has told. */
const USUAL = 4 / 3;

/**
 * The picture of a camera of Home Assistant, while that camera gives one; and the hands that the mirror sees, over it or alone.
 * What the mirror's own camera sees is shown only while that is open, and as in a mirror.
 */
export default class MiraCamera extends MiraWidget<CameraOptions> {
  static override styles = [
    base,
    widgetStyle,
    css`
      :host {
        max-inline-size: var(--picture-width, 36cqw);
      }
      .picture {
        position: relative;
        display: inline-block;
        vertical-align: top;
        inline-size: calc(var(--picture, 28vh) * var(--ratio));
        max-inline-size: 100%;
        aspect-ratio: var(--ratio);
        container-type: inline-size;
        border-radius: calc(1.6 * var(--u));
        overflow: hidden;
      }
      .picture.without {
        display: none;
      }
      .picture.alone {
        box-sizing: border-box;
        border: calc(0.2 * var(--u)) solid var(--soft);
      }
      img,
      svg {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
      }
      img.turned {
        transform: scaleX(-1);
      }
      path {
        fill: none;
        stroke: var(--bright);
        stroke-width: max(0.4cqi, 0.2 * var(--u));
        stroke-linecap: round;
        stroke-linejoin: round;
        vector-effect: non-scaling-stroke;
      }
      path.shade {
        stroke: var(--background);
        stroke-width: max(1cqi, 0.5 * var(--u));
      }
      path.joints {
        stroke-width: max(1.2cqi, 0.5 * var(--u));
      }
      path.idle {
        stroke: var(--soft);
      }
    `,
  ];

  @property({ attribute: false }) override display!: Display;
  @property({ attribute: false }) override live!: LiveHands;
  @state() private turn = 0;
  /** Of the last picture; null where it could not be had. */
  @state() private ratio: number | null = null;
  /** Which camera of Home Assistant the mirror watches, as far as it has ever told. */
  #watched: string | null | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unfollow: (() => void) | undefined;

  override entities(): readonly string[] {
    return this.options.entity ? [this.options.entity] : [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unfollow = this.live.follow(() => {
      if (this.#isOverlaid()) this.requestUpdate();
    });
    this.turn += 1;
    this.ratio = null; // never the picture of before
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unfollow?.();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  protected override shows(): boolean {
    if (this.#isOwn() && this.#device()?.capture !== "open") return false;
    return !this.options.entity || this.#source() !== null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    const told = this.display.view?.devices.camera;
    if (told?.entity) this.#watched = told.entity; // a standby, which has no camera, does not know it
    const before = this.hidden;
    super.willUpdate(changed);
    if (before && !this.hidden) this.turn += 1; // never the picture of before
  }

  override render(): TemplateResult | typeof nothing {
    if (this.hidden) return nothing;
    const source = this.#source();
    const seen = this.#device()?.picture;
    const own = seen ? seen.width / seen.height : USUAL;
    const ratio = this.options.entity ? this.ratio : own;
    const kind = ratio === null ? "without" : source ? "" : "alone";
    return html`<div class="picture ${kind}" style="--ratio: ${ratio ?? USUAL}" data-test="camera-frame">
      ${source ? this.#picture(source, this.#isOwn() && !seen?.mirrored) : nothing}
      ${this.#isOverlaid() ? this.#hands() : nothing}
    </div>`;
  }

  #picture(source: string, turned: boolean): TemplateResult {
    const [camera] = this.states(this.entities());
    return html`<img
      class=${turned ? "turned" : ""}
      src=${source}
      alt=${nameOf(camera as EntityState)}
      data-test="camera-picture"
      @load=${({ target }: Event) => {
        const { naturalWidth, naturalHeight } = target as HTMLImageElement;
        this.#next(naturalWidth / naturalHeight || USUAL, this.options.seconds);
      }}
      @error=${() => this.#next(null, Math.min(RETRY_S, this.options.seconds))}
    />`;
  }

  /** The hands that count bright, others soft. */
  #hands(): TemplateResult {
    const { hands } = this.live;
    const engaged = hands.filter((hand) => hand.engaged);
    const idle = hands.filter((hand) => !hand.engaged);
    return html`<svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true" data-test="camera-hands">
      <path class="shade" d=${bones(hands)}></path>
      <path class="idle" d=${bones(idle)}></path>
      <path class="idle joints" d=${joints(idle)}></path>
      <path d=${bones(engaged)}></path>
      <path class="joints" d=${joints(engaged)}></path>
    </svg>`;
  }

  #isOwn(): boolean {
    return isOwn(this.options.entity, this.options.hands, this.#watched);
  }

  #isOverlaid(): boolean {
    return isOverlaid(this.options.entity, this.options.hands, this.#watched);
  }

  /** The mirror's camera, while it is known what it does. */
  #device(): Device | undefined {
    return mirrorLink(this.display) === "connected" ? this.display.view?.devices.camera : undefined;
  }

  #source(): string | null {
    const [camera] = this.states(this.entities());
    const token = camera?.attributes.access_token;
    if (!camera || camera.state === "unavailable" || typeof token !== "string") return null;
    const domain = camera.entity_id.split(".")[0];
    const query = new URLSearchParams({ token, turn: String(this.turn) });
    return `/api/${domain}_proxy/${camera.entity_id}?${query}`;
  }

  /** Asks for the next picture when this one is there, or is not: never for two at once. */
  #next(ratio: number | null, seconds: number): void {
    clearTimeout(this.#timer);
    if (!this.isConnected) return;
    this.ratio = ratio;
    this.#timer = setTimeout(() => {
      this.turn += 1;
    }, seconds * 1_000);
  }
}
