/** How what was said and its answer are drawn. */
import { html, nothing, svg, type TemplateResult } from "lit";
import { fill, lookUp, type WidgetTexts } from "../texts.ts";
import { drawn, FRAME, STROKE } from "../widgets/talk/drawing.ts";
import { type Emotion, FACES } from "../widgets/talk/face.ts";
import { figuresOf, isSlow, type Part, type Problem, type Turn } from "./session.ts";
import { problemWords, remedyOf, type SimulatorTexts } from "./words.ts";

export interface Words {
  texts: SimulatorTexts;
  /** Of the mirror's face. */
  face: WidgetTexts;
  /** A number as the reader writes it. */
  number: (value: number) => string;
}

/** The face that the mirror draws for this emotion; an emotion that has none there has its emoji. */
export function face(tag: string, emoji: string, { texts, face }: Words): TemplateResult {
  const label = fill(texts.face, { emotion: emotionName(tag, face) });
  if (!Object.hasOwn(FACES, tag)) {
    return html`<span class="emoji" role="img" aria-label=${label} data-test="face" data-emotion=${tag}>${emoji}</span>`;
  }
  const { filled, holes, lines, edge } = drawn(FACES[tag as Emotion]);
  const frame = [FRAME.from, FRAME.from, FRAME.size, FRAME.size].join(" ");
  return html`<svg
    viewBox=${frame}
    role="img"
    aria-label=${label}
    data-test="face"
    data-emotion=${tag}
    stroke="currentColor"
    stroke-linecap="round"
    stroke-linejoin="round"
  >
    ${svg`<path d=${filled} fill="currentColor" stroke-width=${edge} />
      <path d=${holes} fill="var(--card-background-color)" stroke="none" />
      <path d=${lines} fill="none" stroke-width=${STROKE} />`}
  </svg>`;
}

export function emotionName(tag: string, face: WidgetTexts): string {
  return lookUp(face, `emotion_${tag}`) ?? tag;
}

export function problem(what: Problem, texts: SimulatorTexts): TemplateResult {
  const remedy = remedyOf(what, location.origin);
  return html`<p class="warning" role="alert" data-test="problem" data-code=${what.code}>${problemWords(what, texts)}</p>
    ${remedy ? html`<code data-test="remedy">${remedy}</code>` : nothing}
    ${what.requestId ? html`<small>${fill(texts.log, { id: what.requestId })}</small>` : nothing}`;
}

export function turnView(turn: Turn, now: number, words: Words): TemplateResult {
  const { texts } = words;
  const { said, sound, parts, meta, end } = turn;
  return html`<li data-test="turn" data-outcome=${end?.outcome ?? "open"}>
    <p class="said"><bdi>${sound ? fill(texts.said_sound, { name: said }) : said}</bdi></p>
    ${meta?.heard ? html`<p class="soft"><bdi>${fill(texts.heard, { text: meta.heard })}</bdi></p>` : nothing}
    ${parts.length > 0 ? html`<p class="answer" dir="auto" data-test="answer">${parts.map((one) => part(one, words))}</p>` : nothing}
    ${meta?.moves.map(
      ({ description, steps, durationMs }) =>
        html`<p class="soft">${fill(texts.move, { description, steps, ms: words.number(durationMs) })}</p>`,
    )}
    ${isSlow(turn, now) ? html`<p class="warning" data-test="slow">${slow(turn, now, words)}</p>` : nothing}
    ${turn.problem ? problem(turn.problem, texts) : nothing}
    ${figures(turn, words)}
  </li>`;
}

function part(what: Part, { texts, face, number }: Words): TemplateResult {
  const ms = fill(texts.ms, { ms: number(what.ms) });
  if (what.type === "chunk") return html`<span title=${ms} data-test="chunk">${what.text}</span>`;
  const name =
    what.type === "emotion"
      ? `${what.emoji} ${emotionName(what.tag, face)}`
      : (lookUp(texts, `capture_${what.kind}`) ?? what.kind);
  return html`<span class="mark" title=${ms} data-test=${what.type}>${name}</span> `;
}

function slow({ lastAt }: Turn, now: number, { texts, number }: Words): string {
  return fill(texts.slow, { seconds: number(Math.floor((now - lastAt) / 1_000)) });
}

function figures(turn: Turn, { texts, number }: Words): TemplateResult {
  const { emotion, words, end } = figuresOf(turn);
  const all: [string, string, string | null][] = [
    ["emotion", texts.figure_emotion, ms(emotion)],
    ["words", texts.figure_words, ms(words)],
    ["end", texts.figure_end, ms(end)],
    ["chunks", texts.chunks, number(turn.parts.filter(({ type }) => type === "chunk").length)],
    ["emojis", texts.emojis, turn.meta?.emojis.join(" ") || null],
  ];
  return html`<dl>
    ${all.map(([name, title, value]) =>
      value ? html`<div><dt>${title}</dt><dd data-test="figure-${name}">${value}</dd></div>` : nothing,
    )}
    <div><dt class="unseen">${texts.outcome}</dt><dd data-test="outcome">${stage(turn, texts)}</dd></div>
  </dl>`;

  function ms(value: number | null): string | null {
    return value === null ? null : fill(texts.ms, { ms: number(value) });
  }
}

function stage({ at, end }: Turn, texts: SimulatorTexts): string {
  if (end) return texts[`outcome_${end.outcome}`];
  return at === null ? texts.sending : texts.waiting;
}
