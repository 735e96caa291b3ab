import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { wake } from "../../components/command.ts";
import { Feeds } from "../../feeds.ts";
import { load } from "../../load.ts";
import type { Display } from "../../model/display.ts";
import type { LiveSpeech } from "../../protocol.ts";
import { base } from "../../styles.ts";
import { fill } from "../../texts.ts";
import { MiraWidget } from "../widget.ts";
import { drawn, FRAME, STROKE } from "./drawing.ts";
import { between, type Emotion, FACES, type Face } from "./face.ts";
import { babbleAt, changedBy, lifeAt, living, paceOf, restAt, STILL } from "./life.ts";
import { type Shown, shownOf } from "./shown.ts";
import type english from "./texts/en.json";

/** By emotion, what is in an SVG of 32 by 32. */
type Fluent = Record<Emotion, string>;

/** A level that is older says nothing about the mouth of now. */
const LEVEL_MS = 500;

/** A face beside what is said: it listens, and expresses what a persona does. It takes no taps. */
export default class MiraTalk extends MiraWidget<Record<string, unknown>, typeof english> {
  static override styles = [
    base,
    css`
      :host {
        inline-size: var(--face);
        block-size: var(--face);
        contain: strict;
        color: var(--bright);
        pointer-events: none;
        animation: arrive var(--motion) var(--ease);
      }
      .face,
      canvas,
      svg {
        display: block;
        inline-size: 100%;
        block-size: 100%;
      }
    `,
  ];

  @property({ attribute: false }) override display!: Display;

  #shown: Shown | null = null;
  #fluent: Fluent | "loading" | null = null;
  #face: Face = FACES.neutral;
  /** What it changes from, and when that began. */
  #from: Face = FACES.neutral;
  #since = Number.NEGATIVE_INFINITY;
  #feeds = new Feeds<{ live: LiveSpeech }>(this, () => this.#requests());
  #heard: LiveSpeech | undefined;
  #heardAt = Number.NEGATIVE_INFINITY;
  #tick: ReturnType<typeof setTimeout> | undefined;
  #frame = 0;
  #comfort = new MutationObserver(() => this.requestUpdate());
  /** Along an edge of the canvas. */
  #pixels = 0;
  #size = new ResizeObserver(([box]) => {
    this.#pixels = Math.round((box?.contentRect.width ?? 0) * devicePixelRatio);
    this.#draw();
  });
  #still = matchMedia("(prefers-reduced-motion: reduce)");

  override connectedCallback(): void {
    super.connectedCallback();
    this.#comfort.observe(this.#panel, { attributeFilter: ["data-comfort", "night"] });
    this.#size.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#comfort.disconnect();
    this.#size.disconnect();
    this.#rest();
  }

  protected override shows(): boolean {
    return this.#shown !== null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    const before = this.#shown;
    const { comfort = "awake" } = this.#panel.dataset;
    this.#shown = shownOf(this.display, comfort !== "awake");
    if (this.#shown?.pictures === "fluent") this.#loadFluent();
    this.#changeFrom(before);
    super.willUpdate(changed);
  }

  protected override updated(changed: PropertyValues): void {
    const heard = this.#feeds.latest.get("speech")?.live;
    const louder = heard !== this.#heard;
    if (louder) this.#heardAt = performance.now();
    this.#heard = heard;
    // In the frame that brings what is new, and not in the one after. A mouth moves at its own pace.
    if (changed.size > 0 || !louder) this.#draw();
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.#shown) return nothing;
    const { emotion } = this.#shown;
    const picture = this.#picture();
    return html`<div
      class="face"
      role="img"
      aria-live="polite"
      aria-label=${fill(this.ownTexts.face, { emotion: this.ownTexts[`emotion_${emotion}`] })}
      data-test="face"
      data-emotion=${emotion}
      data-pictures=${picture ? "fluent" : "drawn"}
    >
      ${
        picture
          ? html`<svg viewBox="0 0 32 32" aria-hidden="true" .innerHTML=${picture}></svg>`
          : html`<canvas></canvas>`
      }
    </div>`;
  }

  get #panel(): HTMLElement {
    return (this.getRootNode() as ShadowRoot).host as HTMLElement;
  }

  /** Of the set, once it is loaded: until then, the face is drawn. */
  #picture(): string | null {
    const fluent = this.#shown?.pictures === "fluent" ? this.#fluent : null;
    return fluent && fluent !== "loading" ? fluent[(this.#shown as Shown).emotion] : null;
  }

  #loadFluent(): void {
    if (this.#fluent) return;
    this.#fluent = "loading";
    void load(
      () => import("./fluent.json"),
      () => undefined,
    ).then(({ default: pictures }) => {
      this.#fluent = pictures;
      this.requestUpdate();
    });
  }

  /** Another emotion begins, and what is new wakes the glass. */
  #changeFrom(before: Shown | null): void {
    const now = this.#shown;
    if (!now || before?.emotion === now.emotion) return;
    this.#from = this.#face;
    this.#since = before ? performance.now() : Number.NEGATIVE_INFINITY;
    if (!now.rests) wake(this);
  }

  /** How loud it speaks, while it is seen to speak. */
  #requests(): Record<string, { type: string; entry_id: string }> {
    const mirror = this.display.view?.mirror;
    const moves = this.#shown?.speaks && !this.#still.matches && !this.#picture();
    return mirror && moves ? { speech: { type: "mira/speech", entry_id: mirror.entry_id } } : {};
  }

  #loud(now: number): number {
    if (!this.#shown?.speaks) return 0;
    return this.#heard && now - this.#heardAt < LEVEL_MS ? this.#heard.level : babbleAt(now);
  }

  /** Draws the face of now, and the next one when it will be another. A page that is not seen has no frames. */
  #draw = (): void => {
    this.#rest();
    const canvas = this.renderRoot.querySelector("canvas");
    if (!this.#shown || !canvas || !this.#pixels) return;
    if (canvas.width !== this.#pixels) canvas.width = canvas.height = this.#pixels;
    const now = performance.now();
    const target = FACES[this.#shown.emotion];
    const far = this.#still.matches ? 1 : changedBy(now - this.#since);
    this.#face = between(this.#from, target, far);
    const life = this.#still.matches ? STILL : lifeAt(now);
    const loud = this.#still.matches ? 0 : this.#loud(now);
    paint(canvas, living(this.#face, life, loud), life.down, getComputedStyle(this).color);
    if (this.#still.matches || this.#panel.dataset.comfort === "blank") return;
    const next = Math.min(restAt(now), paceOf(far < 1, this.#shown.speaks));
    this.#tick = setTimeout(() => {
      this.#frame = requestAnimationFrame(this.#draw);
    }, next);
  };

  #rest(): void {
    clearTimeout(this.#tick);
    cancelAnimationFrame(this.#frame);
  }
}

/** Nothing is laid out for it, as it would be for lines of an SVG that move. */
function paint(canvas: HTMLCanvasElement, face: Face, down: number, colour: string): void {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const { filled, holes, lines, edge } = drawn(face);
  pen.reset();
  pen.scale(canvas.width / FRAME.size, canvas.width / FRAME.size);
  pen.translate(-FRAME.from, down - FRAME.from);
  pen.lineCap = pen.lineJoin = "round";
  pen.fillStyle = pen.strokeStyle = colour;
  pen.lineWidth = edge;
  pen.fill(new Path2D(filled));
  pen.stroke(new Path2D(filled));
  pen.lineWidth = STROKE;
  pen.stroke(new Path2D(lines));
  pen.globalCompositeOperation = "destination-out";
  pen.fill(new Path2D(holes));
}
