import { css } from "lit";

/** Where things hang. The middle stays black: there is the face. */
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
    padding: var(--margin);
    padding-block-end: calc(0.6 * var(--margin));
    overflow: hidden;
    display: grid;
    column-gap: calc(2 * var(--gap));
    row-gap: calc(0.6 * var(--gap));
    --face: minmax(14vh, 1fr);
    grid-template:
      "tl tr" minmax(var(--top-needs, 0px), auto)
      "signs signs" auto
      "banner banner" auto
      "middle middle" var(--face)
      "bl br" minmax(var(--notice-needs, var(--bottom-needs, 0px)), auto)
      "under under" minmax(calc(13 * var(--u)), auto)
      "bar bar" auto
      "dots dots" auto / minmax(0, 1fr) fit-content(38%);
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
  :host(:is([full], [long-message])) {
    --face: minmax(0, 1fr);
  }
  /* What is asked has a height of its own, and what is above it gives way. */
  :host(:not([data-asking=""])) {
    --face: 1fr;
  }
  :host([still]) {
    cursor: none;
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
  /* Where there is little room, what comes first keeps it longest. */
  .region > :nth-child(n + 2) {
    flex-shrink: 8;
  }
  .region > :nth-child(n + 3) {
    flex-shrink: 64;
  }
  .top_left {
    grid-area: tl;
    container-type: inline-size;
  }
  .top_right {
    grid-area: tr;
    padding-block-start: calc(0.75 * var(--icon) + var(--gap));
  }
  .top_right,
  .bottom_right {
    --align: end;
    --justify: flex-end;
    --line: row-reverse;
  }
  .bottom_left,
  .bottom_right {
    grid-area: bl;
    justify-content: flex-end;
    --rows-at: end;
  }
  .bottom_right {
    grid-area: br;
  }
  .top_right:not(:has(> :not([hidden]))) + .top_left,
  .bottom_right:not(:has(> :not([hidden]))) + .bottom_left {
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
    --picture: 42vh;
    --text: var(--mira-large-text, calc(6.2 * var(--u)));
    --row-gap: calc(1.8 * var(--u));
  }
  .top_left,
  .top_right {
    margin-block-end: var(--gap);
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
  mira-signs {
    grid-area: 1 / 1 / 2 / -1;
    place-self: start end;
    z-index: 1;
  }
  mira-signs[lost] {
    grid-area: signs;
    place-self: stretch;
    flex-direction: column;
    align-items: flex-start;
  }
  mira-banner {
    grid-area: banner;
  }
  mira-notices {
    grid-area: under;
  }
  .bar {
    grid-area: bar;
    display: flex;
    align-items: flex-start;
    justify-content: space-between;
    flex-wrap: wrap;
    column-gap: calc(2 * var(--gap));
  }
  .bar > * {
    max-inline-size: 100%;
  }
  .dots {
    grid-area: dots;
    display: grid;
    grid-template-columns: 1fr auto 1fr;
    align-items: center;
    gap: var(--gap);
  }
  .page-name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: var(--small);
    color: var(--soft);
  }
  .dots .row {
    display: flex;
    align-items: center;
    gap: calc(1.4 * var(--u));
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
  mira-message-more {
    grid-area: 4 / 1 / 7 / -1;
    z-index: 1;
    background: var(--background);
  }
  :is(.middle, .bottom_left, .bottom_right, .bottom_bar):has(~ mira-message-more:not([empty])) {
    display: none;
  }
  mira-guest {
    grid-area: bl / bl / bl / br;
    align-self: end;
  }
  mira-question,
  mira-pin-pad {
    grid-area: 4 / 1 / 5 / -1;
    align-self: end;
    z-index: 2;
    background: var(--background);
  }
  :host(:not([data-asking=""])) :is(.middle, .bottom_left, .bottom_right, .bottom_bar, mira-banner) {
    display: none;
  }
  /* What shall be read now has the room of what can be read at any time. */
  :host(:is([data-asking="pin"], [long-message])) :is(.top_left, .top_right) {
    max-block-size: 24vh;
  }
  :host(:is([data-asking="pin"], [long-message])) :is(.top_left, .top_right) > :nth-child(n + 2) {
    display: none;
  }
  /* Upright, and nearly as wide as high: what shall be read or typed now needs the height of the rest. */
  @media (orientation: portrait) and (min-aspect-ratio: 7/10) {
    mira-banner {
      --message-lines: 7;
    }
    mira-banner:has(~ mira-message-more:not([empty])) {
      --message-lines: 5;
    }
    :host([data-asking="pin"]) :is(.top_left, .top_right) {
      display: none;
    }
    :host([data-asking="question"]) {
      --clock: calc(15 * var(--u));
    }
    mira-pin-pad {
      --key: calc(12 * var(--u));
    }
  }
  @media (orientation: landscape) {
    :host {
      --clock: var(--mira-clock, calc(18 * var(--u)));
      --face: minmax(0, 1fr);
      column-gap: calc(10 * var(--u));
      grid-template:
        "tl tr" minmax(var(--top-needs, 0px), auto)
        "bl signs" auto
        "bl banner" auto
        "bl middle" var(--face)
        "bl br" minmax(var(--notice-needs, var(--bottom-needs, 0px)), auto)
        "bl bar" auto
        "under dots" auto / minmax(0, 1fr) minmax(0, 1fr);
    }
    .top_left,
    .top_right {
      max-block-size: 50vh;
    }
    :host([long-message]) :is(.top_left, .top_right) {
      max-block-size: 27vh;
    }
    :host([data-asking="question"]) :is(.top_left, .top_right) {
      max-block-size: 38vh;
    }
    .bottom_bar {
      --align: start;
      --justify: flex-start;
    }
    :host([noticed]) {
      --notice-needs: auto;
    }
    :host([noticed]) .bottom_bar {
      visibility: visible;
    }
    :host([noticed]) .bottom_right {
      visibility: hidden;
    }
    mira-notices {
      grid-area: br;
      align-self: end;
    }
    .middle {
      grid-area: 2 / 1 / 6 / -1;
    }
    .middle > * {
      --text: var(--mira-text, calc(5.5 * var(--u)));
      --list-columns: 2;
      --list-wrap: wrap;
    }
    :host([full]) {
      grid-template:
        "tl tr" minmax(var(--top-needs, 0px), auto)
        "signs signs" auto
        "banner banner" auto
        "middle middle" var(--face)
        "bl br" minmax(var(--notice-needs, var(--bottom-needs, 0px)), auto)
        "notice bar" auto
        "under dots" auto / minmax(0, 1fr) minmax(0, 1fr);
    }
    :host([full][data-asking=""]) mira-notices {
      grid-area: notice;
    }
    :host([full]) .middle {
      grid-area: middle;
    }
    .bottom_right:not(:has(> :not([hidden]))) + .bottom_left {
      grid-column-end: 2;
    }
    .bar {
      align-content: end;
    }
    mira-guest {
      grid-area: bl;
    }
    mira-question {
      grid-area: 2 / 1 / 7 / 2;
    }
    mira-pin-pad {
      grid-area: 1 / 1 / 7 / 2;
    }
    :host([data-asking="pin"]) .top_left {
      visibility: hidden;
    }
    mira-signs[lost] {
      align-items: flex-end;
    }
    mira-banner {
      --message-lines: 4;
    }
    :host([long-message]) mira-banner {
      grid-area: 3 / 1 / 6 / -1;
      z-index: 1;
      background: var(--background);
      --message-lines: 8;
    }
    :is(.top_left, .top_right):has(~ mira-message-more:not([empty])) > :nth-child(n + 2) {
      display: none;
    }
    mira-message-more {
      grid-area: 2 / 1 / 7 / 2;
    }
    :host([full]) mira-message-more {
      grid-area: 4 / 1 / 7 / 2;
    }
    :host([full]) mira-message-more:not([empty]) ~ mira-notices {
      grid-area: br;
    }
    :host([long-message]) mira-banner:has(~ mira-message-more:not([empty])) {
      grid-area: 3 / 2 / 6 / 3;
    }
    :host([long-message][full]) mira-message-more {
      grid-area: 2 / 1 / 7 / 2;
    }
    :host(:is([long-message], :not([data-asking=""]))) {
      --face: auto;
    }
    :host([long-message]) mira-notices {
      z-index: 2;
    }
    :host([long-message]) :is(.middle, .bottom_left, .bottom_right) {
      display: none;
    }
  }
  /* Across, and nearly as high as wide. */
  @media (orientation: landscape) and (max-aspect-ratio: 7/5) {
    :host([long-message]) mira-banner {
      --message-lines: 6;
    }
  }
`;
