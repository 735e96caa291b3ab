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
    row-gap: var(--gap);
    grid-template:
      "clock corner" auto
      "signs signs" auto
      "banner banner" auto
      "main main" minmax(0, 1fr)
      "notice notice" calc(13 * var(--u))
      "bar bar" auto
      "dots dots" auto / auto minmax(0, 1fr);
    background: var(--background);
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
  mira-clock {
    grid-area: clock;
  }
  .page-name {
    grid-area: corner;
    margin-block-start: calc(0.75 * var(--icon) + var(--gap));
    min-inline-size: 0;
    overflow-wrap: anywhere;
    font-size: var(--small);
    color: var(--soft);
    text-align: end;
  }
  mira-signs {
    grid-area: corner;
    align-self: start;
  }
  mira-signs[lost] {
    grid-area: signs;
    flex-direction: column;
    align-items: flex-start;
  }
  mira-banner {
    grid-area: banner;
  }
  main {
    grid-area: main;
    display: flex;
    flex-direction: column;
    justify-content: flex-end;
    min-block-size: 0;
  }
  .home mira-todos {
    block-size: min(100%, max(60%, 40 * var(--u)));
  }
  mira-notices {
    grid-area: notice;
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
    display: flex;
    justify-content: center;
    align-items: center;
    gap: calc(1.4 * var(--u));
    block-size: calc(2.4 * var(--u));
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
  mira-clock.todos {
    --clock: calc(13 * var(--u));
    --date: var(--small);
  }
  main.todos {
    padding-block-start: var(--gap);
  }
  main.todos mira-todos {
    --text: var(--mira-large-text, calc(6.2 * var(--u)));
    --row-gap: calc(1.8 * var(--u));
  }
  mira-clock.clock {
    grid-area: 1 / 1 / 6 / -1;
    place-self: center;
    --clock: var(--huge-clock);
    --date: calc(7.4 * var(--u));
    text-align: center;
  }
  mira-message-more {
    grid-area: main;
    z-index: 1;
  }
  mira-message-more:not([empty]) ~ main {
    display: none;
  }
  mira-question,
  mira-pin-pad {
    grid-area: main;
    align-self: end;
    z-index: 1;
    background: var(--background);
  }
  :host(:not([data-asking=""])) :is(main, mira-banner) {
    display: none;
  }
  .close {
    position: absolute;
    inset-block-start: calc(0.5 * var(--margin));
    inset-inline-start: 50%;
    translate: -50% 0;
    display: grid;
    place-items: center;
    inline-size: calc(9 * var(--u));
    block-size: calc(9 * var(--u));
    border-radius: 50%;
    background: var(--background);
    border: calc(0.35 * var(--u)) solid var(--soft);
    color: var(--bright);
    animation: arrive var(--motion) var(--ease);
  }
  @media (orientation: landscape) {
    :host {
      grid-template:
        "clock corner" auto
        "main signs" auto
        "main banner" minmax(0, 1fr)
        "main notice" calc(13 * var(--u))
        "main bar" auto
        "dots dots" auto / minmax(0, 1fr) minmax(0, 1fr);
    }
    :host([data-page="todos"]) {
      grid-template:
        "clock corner" auto
        "signs signs" auto
        "banner banner" auto
        "main main" minmax(0, 1fr)
        "notice bar" calc(13 * var(--u))
        "dots dots" auto / minmax(0, 1fr) minmax(0, 1fr);
    }
    mira-clock.home {
      --clock: var(--mira-clock, calc(20 * var(--u)));
    }
    mira-clock.clock {
      grid-area: 1 / 1 / 5 / -1;
    }
    mira-pin-pad {
      grid-area: 1 / 1 / -2 / 2;
    }
    :host([data-asking="pin"]) mira-clock {
      visibility: hidden;
    }
    mira-signs[lost] {
      align-items: flex-end;
    }
    mira-banner {
      --message-lines: 4;
    }
    :host([long-message]) mira-banner {
      grid-area: 3 / 1 / 5 / -1;
      z-index: 1;
      background: var(--background);
      --message-lines: 8;
    }
    :host([long-message]) mira-banner:has(~ mira-message-more:not([empty])) {
      grid-area: 2 / 2 / 5 / 3;
    }
    :host([long-message][data-page="todos"]) mira-banner:has(~ mira-message-more:not([empty])) {
      grid-area: banner;
      --message-lines: 3;
    }
    :host([long-message]) mira-notices {
      z-index: 2;
    }
    :host([long-message]) main {
      visibility: hidden;
    }
    .bar {
      align-content: end;
    }
    .home mira-todos {
      block-size: 100%;
    }
    main.todos mira-todos {
      --text: var(--mira-text, calc(5.5 * var(--u)));
      --todo-columns: 2;
    }
  }
`;
