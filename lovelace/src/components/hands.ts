import { mdiCheckBold } from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { Finger } from "../finger.ts";
import type { LiveHands } from "../live-hands.ts";
import type { Formats } from "../model/formats.ts";
import { gestureName, type SeenGesture } from "../model/gesture.ts";
import { holding, share } from "../model/hands.ts";
import { PageFollow } from "../page-follow.ts";
import type { LiveHand } from "../protocol.ts";
import { base } from "../styles.ts";
import type { Texts } from "../texts.ts";
import { gestureIcon } from "./gesture-icons.ts";
import { icon } from "./icon.ts";

/** For each hand that holds a pose, a ring that fills until it counts; a hand that swipes takes the page along, a finger points. */
export class MiraHands extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: none;
        flex: none;
        gap: calc(1.4 * var(--gap));
      }
      :host([holding]) {
        display: flex;
      }
      .hold {
        display: flex;
        align-items: center;
        gap: var(--gap);
      }
      .ring {
        position: relative;
        display: grid;
        place-items: center;
        flex: none;
        inline-size: calc(12.4 * var(--u));
        block-size: calc(12.4 * var(--u));
        border-radius: 50%;
        border: calc(0.35 * var(--u)) solid var(--soft);
      }
      /* Two halves, each turned out from behind the edge of its own side: nothing is painted anew while it fills. */
      .half {
        position: absolute;
        inset-block: calc(-0.35 * var(--u));
        inline-size: calc(6.24 * var(--u)); /* so that no line is seen between them */
        overflow: hidden;
      }
      .right {
        right: calc(-0.35 * var(--u));
      }
      .left {
        left: calc(-0.35 * var(--u));
      }
      .half i {
        position: absolute;
        inset-block: 0;
        inline-size: calc(12.4 * var(--u));
        border-radius: 50%;
        border: calc(1.2 * var(--u)) solid var(--bright);
        transition: transform 80ms linear;
        will-change: transform;
      }
      .right i {
        right: 0;
        clip-path: inset(0 50% 0 0);
      }
      .left i {
        left: 0;
        clip-path: inset(0 0 0 50%);
      }
      .done {
        position: absolute;
        inset-block-end: calc(-0.6 * var(--u));
        inset-inline-end: calc(-0.6 * var(--u));
        display: grid;
        border-radius: 50%;
        padding: calc(0.5 * var(--u));
        background: var(--bright);
        color: var(--background);
        --icon: calc(3.2 * var(--u));
        animation: arrive var(--motion) var(--ease);
      }
      .first {
        font-size: var(--text);
        font-weight: 500;
        line-height: 1.15;
      }
      .second {
        font-size: var(--small);
        line-height: 1.25;
        color: var(--soft);
        font-variant-numeric: tabular-nums;
      }
      :host([brief]) .first {
        display: none;
      }
    `,
  ];

  @property({ attribute: false }) live!: LiveHands;
  /** The page that is on the glass, and its parts. */
  @property() page = "";
  @property({ attribute: false }) parts: () => Iterable<HTMLElement> = () => [];
  /** The gesture that the mirror has just accepted. */
  @property({ attribute: false }) accepted: SeenGesture | null = null;
  @property({ attribute: false }) formats!: Formats;
  @property({ attribute: false }) texts!: Texts;
  #follow = new PageFollow(() => [...this.parts()].flatMap((part) => [...part.children] as HTMLElement[]));
  #finger = new Finger(() => this.parts());
  #stop: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = this.live.follow(() => {
      this.#follow.move(this.live.hands);
      this.#finger.move(this.live.hands);
      this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.get("page")) this.#follow.turned();
    if (changed.has("accepted") && this.accepted) this.#finger.accept(this.accepted);
  }

  override render(): TemplateResult {
    const hands = holding(this.live.hands);
    this.toggleAttribute("holding", hands.length > 0);
    return html`${hands.map((hand) => this.#hold(hand, hands.length === 1))}`;
  }

  #hold(hand: LiveHand, alone: boolean): TemplateResult {
    const held = share(hand);
    const turned = (from: number) =>
      `transform: rotate(${180 * Math.min(1, Math.max(0, 2 * held - from))}deg)`;
    const pose = String(hand.pose);
    const accepted = held === 1 && pose === this.accepted?.name;
    return html`<div class="hold" data-test="hold" data-gesture=${pose} data-share=${held.toFixed(2)}>
      <div class="ring">
        <div class="half right"><i style=${turned(0)}></i></div>
        <div class="half left"><i style=${turned(1)}></i></div>
        ${icon(gestureIcon(pose))}
        ${accepted ? html`<div class="done" data-test="hold-done">${icon(mdiCheckBold)}</div>` : nothing}
      </div>
      <div>
        ${alone ? html`<div class="first">${gestureName(pose, this.texts)}</div>` : nothing}
        <div class="second">${this.formats.percent(hand.confidence)}</div>
      </div>
    </div>`;
  }
}
