import { css } from "lit";

/**
 * Home Assistant's theme in the words of the mirror's components, which are drawn inside cards. Its colours for warnings
 * and errors are for icons: as words on white they need some of the text's colour in them to be read.
 */
export const cardStyle = css`
  :host {
    --u: 4px;
    --touch: 0px; /* Home Assistant sizes its own controls */
    --text: var(--ha-font-size-l, 16px);
    --small: var(--ha-font-size-m, 14px);
    --gap: 8px;
    --icon: 24px;
    --notice-icon: 32px;
    --background: transparent;
    --bright: var(--primary-text-color);
    --soft: var(--secondary-text-color);
    --warning: color-mix(in srgb, var(--warning-color, #ffa600) 45%, var(--primary-text-color));
    --problem: color-mix(in srgb, var(--error-color, #db4437) 70%, var(--primary-text-color));
    --motion: 200ms;
    --ease: ease-out;
    color: var(--primary-text-color);
    font-size: var(--small);
    line-height: 1.4;
  }
  ha-card {
    block-size: 100%;
    overflow: hidden;
  }
  .card {
    display: flex;
    flex-direction: column;
    gap: 12px;
    padding: 16px;
  }
  .head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
    min-block-size: 28px;
  }
  .head:not(:has(*)) {
    display: none;
  }
  h2 {
    margin: 0;
    min-inline-size: 0;
    overflow-wrap: anywhere;
    font-size: var(--ha-card-header-font-size, 20px);
    font-weight: 400;
    line-height: 1.2;
  }
  .note {
    margin: 0;
    color: var(--secondary-text-color);
  }
  .soft {
    color: var(--secondary-text-color);
  }
  .warning {
    color: var(--warning);
  }
  .row {
    display: flex;
    align-items: center;
    gap: 12px;
    min-block-size: 44px;
  }
  .row .words {
    flex: 1;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  .tap {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-block-size: 40px;
    min-inline-size: 40px;
    padding-inline: 12px;
    border-radius: var(--ha-border-radius-pill, 20px);
    color: var(--primary-text-color);
    background: var(--secondary-background-color);
    cursor: pointer;
  }
  .tap.bare {
    padding-inline: 0;
    background: none;
    color: var(--secondary-text-color);
  }
  .tap.current {
    background: var(--primary-text-color);
    color: var(--card-background-color);
  }
  .tap[aria-busy="true"],
  .tap[disabled] {
    opacity: 0.6;
    cursor: default;
  }
  .tap:hover:not([disabled]) {
    box-shadow: inset 0 0 0 40px color-mix(in srgb, currentColor 8%, transparent);
  }
  button:focus-visible,
  input:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  input[type="text"] {
    flex: 1;
    min-inline-size: 0;
    box-sizing: border-box;
    block-size: 40px;
    padding-inline: 12px;
    border: 1px solid var(--outline-color, var(--divider-color));
    border-radius: var(--ha-border-radius-md, 8px);
    background: var(--card-background-color);
    color: inherit;
    font: inherit;
  }
  .line {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
  }
  .line mira-device-switch {
    flex: 1 1 200px;
  }
  .target {
    border-width: 1px;
    border-radius: 12px;
    cursor: pointer;
  }
`;
