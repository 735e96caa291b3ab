import { css } from "lit";

/**
 * Every size and colour, as variables that a theme may set on `mira-panel` or above it.
 * One unit `--u` is a hundredth of the window's shorter side, times `--mira-scale` (model/settings.ts): where that is 1, text
 * of 5.5 units on a mirror 24 inches large is read from two metres.
 */
export const tokens = css`
  :host {
    --u: calc(1vmin * var(--mira-scale, 1));
    --text: var(--mira-text, calc(5.5 * var(--u)));
    --small: var(--mira-small, calc(4.4 * var(--u)));
    --clock: var(--mira-clock, calc(24 * var(--u)));
    --huge-clock: var(--mira-huge-clock, min(34vw, 50vh));
    --date: var(--mira-date, calc(6 * var(--u)));
    --margin: var(--mira-margin, calc(5 * var(--u)));
    --gap: var(--mira-gap, calc(2.4 * var(--u)));
    --touch: var(--mira-touch, 9mm);
    --icon: var(--mira-icon, calc(6.4 * var(--u)));
    --face: var(--mira-face, min(24 * var(--u), 20cqmin));
    --notice-icon: var(--mira-notice-icon, calc(9 * var(--u)));
    --background: var(--mira-background, #000);
    --bright: var(--mira-bright, #fff);
    --soft: var(--mira-soft, #ccc);
    --warning: var(--mira-warning, #ffd27a);
    --problem: var(--mira-problem, #ffc4ba);
    --font: var(--mira-font, Roboto, "Noto Sans", "Helvetica Neue", Arial, system-ui, sans-serif);
    --motion: var(--mira-motion, 360ms);
    --ease: cubic-bezier(0.2, 0, 0, 1);
  }
  @media (prefers-reduced-motion: reduce) {
    :host {
      --motion: 0ms;
    }
  }
`;

/** What all components share. */
export const base = css`
  :host {
    display: block;
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  .icon {
    inline-size: var(--icon);
    block-size: var(--icon);
    flex: none;
    fill: currentColor;
  }
  button {
    all: unset;
    box-sizing: border-box;
    min-block-size: var(--touch);
    cursor: inherit;
    -webkit-tap-highlight-color: transparent;
  }
  .target {
    border: calc(0.35 * var(--u)) solid var(--soft);
    border-radius: calc(3.2 * var(--u));
  }
  .target:active {
    background: var(--bright);
    color: var(--background);
  }
  button:focus-visible {
    outline: calc(0.4 * var(--u)) solid var(--bright);
    outline-offset: calc(0.8 * var(--u));
    border-radius: var(--gap);
  }
  @keyframes arrive {
    from {
      opacity: 0;
      transform: translateY(calc(2 * var(--u)));
    }
  }
  /* Not by fading: nothing may be darker than #ccc. */
  @keyframes breathe {
    50% {
      transform: scale(0.8);
    }
  }
  @keyframes turn {
    to {
      transform: rotate(360deg);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
`;
