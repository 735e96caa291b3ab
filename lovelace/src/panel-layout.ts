import { css } from "lit";

/**
 * Where things hang. Each has a named area, and takes the height that it needs; what is left is the black middle, where
 * the face is. Upright, and where one thing has the page, what is wide goes from edge to edge; across, the glass has two
 * columns. `data-view` says what has the glass (model/view.ts).
 */
export const layout = css`
  :host {
    position: fixed;
    inset: 0;
    z-index: 2147483647;
    inline-size: 100%;
    block-size: 100%;
    max-inline-size: none;
    max-block-size: none;
    margin: 0;
    border: 0;
    padding: 0;
    overflow: hidden;
    container: glass / size;
    background: var(--background);
    box-shadow: 0 0 0 calc(2 * var(--u)) var(--background);
    --step: calc(0.15 * var(--u));
    color: var(--bright);
    font-family: var(--font);
    font-size: var(--text);
    font-weight: 400;
    line-height: 1.2;
    user-select: none;
    -webkit-user-select: none;
    touch-action: manipulation;
    cursor: default;
  }
  :host([still]) {
    cursor: none;
  }
  .glass {
    position: relative;
    block-size: 100%;
    padding: var(--margin);
    padding-block-end: calc(0.6 * var(--margin));
    display: grid;
    column-gap: calc(2 * var(--gap));
    --between: calc(0.6 * var(--gap));
    row-gap: var(--between);
    grid-template:
      "top-left top-right" minmax(var(--top-needs, 0px), var(--top-most, auto))
      "signs signs" auto
      "banner banner" auto
      "middle middle" var(--middle, minmax(0, 1fr))
      "bottom-left bottom-right" minmax(var(--bottom-needs, 0px), auto)
      "under under" auto
      "foot foot" auto / minmax(0, 1fr) fit-content(38%);
  }
  /* What is asked has a height of its own, and what is above it gives way. */
  :host(:is([data-view="pin"], [data-view="question"])) {
    --middle: 1fr;
  }
  /* Words, picture and buttons of a message stand together, above the foot; its picture is as large as can be. */
  :host([data-view="message"]) .glass {
    grid-template:
      "top-left top-right" var(--top-needs, 0px)
      "signs signs" auto
      "banner banner" minmax(auto, 1fr)
      "middle middle" minmax(auto, max-content)
      "under under" auto
      "foot foot" auto / minmax(0, 1fr) fit-content(38%);
  }
  :host([data-view="message"]) mira-banner {
    align-self: end;
  }
  .region {
    display: flex;
    flex-direction: column;
    gap: calc(1.4 * var(--gap));
    min-block-size: 0;
    min-inline-size: 0;
    overflow: hidden;
    /* A region may lie over another: only what hangs in it takes a touch. */
    pointer-events: none;
  }
  .region > * {
    pointer-events: auto;
  }
  .region > [cut] {
    visibility: hidden;
  }
  /* While pages turn: what goes hangs where it was, and what comes is not seen before all of it is there. */
  .region > [leaving] {
    pointer-events: none;
  }
  .region > [arriving] {
    opacity: 0;
  }
  .region > * {
    transform-origin: 0 0;
  }
  /* Where there is little room, what comes first keeps it longest. */
  .region > :nth-child(n + 2) {
    flex-shrink: 8;
  }
  .region > :nth-child(n + 3) {
    flex-shrink: 64;
  }
  .top_left,
  .top_right {
    margin-block-end: var(--gap);
  }
  .top_left {
    grid-area: top-left;
  }
  .top_right {
    grid-area: top-right;
  }
  .bottom_left {
    grid-area: bottom-left;
  }
  .bottom_right {
    grid-area: bottom-right;
  }
  /* As wide as their longest word at least; but none, of whatever length, takes the glass. */
  .top_right,
  .bottom_right {
    min-inline-size: min-content;
    --widest: 50cqi;
    --align: end;
    --justify: flex-end;
    --line: row-reverse;
  }
  .bottom_left,
  .bottom_right {
    justify-content: flex-end;
    --rows-at: end;
  }
  /* Where there is nothing on the right, the left is as wide as the glass. */
  .top_right:not(:has(> :not([hidden], [leaving]))) + .top_left,
  .bottom_right:not(:has(> :not([hidden], [leaving]))) + .bottom_left {
    grid-column-end: -1;
  }
  .top_right:not(:has(> :not([hidden]))),
  .bottom_right:not(:has(> :not([hidden]))) {
    display: none;
  }
  .middle {
    grid-area: middle;
    z-index: 1;
  }
  .middle > * {
    --list-height: 100%;
    --list-flex: 1;
    --block-margin: auto;
    --picture: 42cqh;
    --picture-width: 100%;
    --text: var(--mira-large-text, calc(6.2 * var(--u)));
    --row-gap: calc(1.8 * var(--u));
  }
  .bottom_bar {
    grid-area: under;
    justify-content: center;
    --align: center;
    --justify: center;
  }
  :host([noticed]) .bottom_bar {
    visibility: hidden;
  }
  /* Where not even the first rows of the lists fit. */
  :host([crowded]) .glass {
    --top-most: 0px;
    --between: calc(0.3 * var(--gap));
    --clock: calc(13 * var(--u));
    --date: var(--small);
  }
  :host([crowded]) :is(.top_left, .top_right) {
    gap: 0;
    margin-block-end: 0;
  }
  :host([crowded]) .bottom_bar {
    display: none;
  }
  mira-signs {
    grid-area: signs;
  }
  mira-banner {
    grid-area: banner;
    --message-lines: 8;
    --long-lines: 14;
  }
  .under {
    grid-area: under;
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-content: center;
    row-gap: calc(0.6 * var(--gap));
    min-inline-size: 0;
  }
  .under > * {
    grid-column: 2;
  }
  /* A face is beside what is told: its picture says what the sign there would. */
  .under > mira-talk {
    grid-area: 1 / 1;
    align-self: center;
    margin-inline-end: var(--gap);
  }
  .under > mira-talk ~ * {
    align-self: center;
  }
  :host(:not([data-view="pin"])) .glass:has(> .under > mira-talk:not([hidden])) {
    --beside: calc(var(--face) + var(--gap));
    --stage-icon: none;
  }
  :host([data-view="pin"]) mira-talk {
    display: none;
  }
  .bottom_bar {
    margin-inline-start: var(--beside, 0);
  }
  /* There is always room for a notice: nothing moves for one. */
  .glass::after {
    content: "";
    grid-area: under;
    block-size: calc(13 * var(--u));
    pointer-events: none;
  }
  /* What is said hangs where a hint can be spared. */
  .glass:has(> .under > [telling]) > .bottom_bar {
    visibility: hidden !important;
  }
  mira-guest {
    grid-area: bottom-left;
    align-self: end;
  }
  mira-message-more {
    grid-area: middle;
  }
  :host([data-view="message"]) mira-banner {
    --long-lines: 10;
  }
  mira-capture,
  mira-question,
  mira-pin-pad {
    grid-area: middle;
    align-self: end;
  }
  /* What shall be read or answered now has the place of what can be read at any time. */
  :host(:is([data-view="pin"], [data-view="question"], [data-view="message"])) .page:is(.middle, .bottom_left, .bottom_right, .bottom_bar),
  :host(:is([data-view="pin"], [data-view="question"])) mira-banner {
    display: none;
  }
  .foot {
    grid-area: foot;
    display: grid;
    grid-template: "name dots devices" / 1fr auto 1fr;
    align-items: center;
    gap: calc(0.5 * var(--gap)) var(--gap);
  }
  /* The signs of camera and microphone are small while all is well, and have a line where there is more to say. */
  .foot:has([telling]) {
    grid-template: "devices devices devices" "name dots ." / 1fr auto 1fr;
  }
  .page-name {
    grid-area: name;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: var(--small);
    color: var(--soft);
  }
  .dots {
    grid-area: dots;
    display: flex;
    gap: calc(1.4 * var(--u));
  }
  .devices {
    grid-area: devices;
    display: flex;
    flex-wrap: wrap;
    align-items: flex-start;
    justify-content: flex-end;
    column-gap: var(--gap);
  }
  .dot {
    inline-size: calc(1.4 * var(--u));
    block-size: calc(1.4 * var(--u));
    border-radius: 1em;
    border: calc(0.3 * var(--u)) solid var(--soft);
  }
  .dot.current {
    inline-size: calc(4.2 * var(--u));
    background: var(--bright);
    border-color: var(--bright);
  }
  /* Few lines high: one em is a line of text. */
  @container glass (height < 30em) {
    mira-banner {
      --message-lines: 4;
      --long-lines: 8;
    }
    :host([data-view="message"]) mira-banner {
      --long-lines: 6;
    }
  }
  @container glass (orientation: landscape) {
    .glass {
      --clock: var(--mira-clock, calc(18 * var(--u)));
      column-gap: calc(10 * var(--u));
    }
    .middle > * {
      --text: var(--mira-text, calc(5.5 * var(--u)));
      --picture: min(62cqh, 100cqh - 61 * var(--u));
      --list-columns: 2;
      --list-wrap: wrap;
    }
    /* Two columns, unless one thing has the page. What is at the bottom left reaches over four rows. */
    :host(:not([data-view="full"])) .glass {
      grid-template:
        "top-left top-right" minmax(var(--top-needs, 0px), var(--top-most, auto))
        "bottom-left signs" auto
        "bottom-left banner" auto
        "bottom-left middle" var(--middle, minmax(0, 1fr))
        "bottom-left bottom-right" minmax(var(--notice-needs, max(0px, var(--bottom-needs, 0px) - 3 * var(--between))), auto)
        "under bottom-right" auto
        "foot foot" auto / minmax(0, 1fr) minmax(0, 1fr);
    }
    :host([data-view="message"]) .glass {
      grid-template:
        "top-left top-right" var(--top-needs, 0px)
        "signs bottom-right" auto
        "banner bottom-right" minmax(auto, 1fr)
        "middle bottom-right" minmax(auto, max-content)
        "under bottom-right" auto
        "foot foot" auto / minmax(0, 1fr) minmax(0, 1fr);
    }
    :host(:not([data-view="full"])) :is(.top_left, .top_right) {
      max-block-size: 50cqh;
    }
    :host(:not([data-view="full"])) .bottom_left {
      grid-column-end: bottom-left-end;
    }
    :host(:not([data-view="full"])) .bottom_bar {
      --align: start;
      --justify: flex-start;
    }
    /* What is told keeps to the edge, as everything on the right does. */
    :host([data-view="page"]) :is(mira-signs, mira-banner) {
      justify-self: end;
    }
    /* Notices hang where music does. */
    :host([noticed]:not([data-view="full"])) {
      --notice-needs: auto;
    }
    :host([noticed]:not([data-view="full"])) .bottom_bar {
      visibility: visible;
    }
    :host([noticed]:not([data-view="full"])) .bottom_right {
      visibility: hidden;
    }
    :host(:not([data-view="full"])) .under {
      display: contents;
    }
    :host(:not([data-view="full"])) .glass::after {
      display: none;
    }
    :host(:not([data-view="full"])) .under > * {
      grid-area: under;
    }
    :host(:not([data-view="full"])) .under > mira-talk {
      justify-self: start;
    }
    :host(:not([data-view="full"])) .under > mira-voice {
      margin-inline-start: var(--beside, 0);
    }
    :host(:not([data-view="full"])) .under > mira-notices {
      grid-area: bottom-right;
      align-self: end;
      justify-content: flex-end;
    }
    mira-capture,
    mira-question,
    mira-pin-pad {
      grid-area: middle-start / bottom-left-start / middle-end / bottom-left-end;
    }
    :host([data-view="pin"]) .top_left {
      display: none;
    }
  }
`;
