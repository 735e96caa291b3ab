import { css } from "lit";

/** The page of the simulator: upright one column, and beside the talk what it needs where there is room. */
export const simulatorStyle = css`
  .whole {
    display: grid;
    grid-template: "connection talk" auto "more talk" 1fr / minmax(240px, 360px) minmax(0, 1fr);
    gap: 16px;
    align-items: start;
    max-inline-size: 1100px;
    margin-inline: auto;
    padding: 16px;
  }
  .connection {
    grid-area: connection;
  }
  .talk {
    grid-area: talk;
  }
  .more {
    grid-area: more;
  }
  ha-card {
    block-size: auto;
  }
  form,
  .stack {
    display: flex;
    flex-direction: column;
    gap: 12px;
  }
  label.field {
    display: flex;
    flex-direction: column;
    gap: 4px;
  }
  label.field input {
    flex: none;
  }
  /* Not of the type password: nobody shall offer to keep it. */
  .secret {
    -webkit-text-security: disc;
  }
  small {
    font-size: 12px;
    color: var(--secondary-text-color);
  }
  code,
  pre {
    display: block;
    margin: 0;
    padding: 8px 12px;
    overflow: auto;
    border-radius: var(--ha-border-radius-md, 8px);
    background: var(--secondary-background-color);
    font-family: var(--ha-font-family-code, monospace);
    font-size: 12px;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    user-select: all;
    -webkit-user-select: all;
  }
  summary {
    min-block-size: 40px;
    align-content: center;
    cursor: pointer;
  }
  details > :not(summary) {
    margin-block-end: 8px;
  }
  summary:focus-visible,
  .file:focus-within {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  .primary {
    background: var(--primary-color);
    color: var(--text-primary-color, #fff);
  }
  .face {
    display: flex;
    align-items: center;
    gap: 16px;
  }
  .face svg,
  .face .emoji {
    flex: none;
    inline-size: 88px;
    block-size: 88px;
  }
  .emoji {
    font-size: 64px;
    line-height: 88px;
    text-align: center;
  }
  ol {
    display: flex;
    flex-direction: column;
    gap: 16px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    display: flex;
    flex-direction: column;
    gap: 6px;
  }
  li p {
    overflow-wrap: anywhere;
  }
  .said {
    align-self: flex-end;
    max-inline-size: 85%;
    padding: 8px 12px;
    border-radius: var(--ha-border-radius-lg, 12px);
    background: var(--secondary-background-color);
  }
  .answer {
    font-size: 16px;
    white-space: pre-wrap;
  }
  .mark {
    margin-inline: 2px;
    padding: 1px 8px;
    border: 1px solid var(--divider-color);
    border-radius: 12px;
    font-size: 12px;
    white-space: nowrap;
    color: var(--secondary-text-color);
  }
  dl {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 16px;
    margin: 0;
    font-size: 12px;
    color: var(--secondary-text-color);
  }
  dl div {
    display: flex;
    gap: 6px;
  }
  dd {
    margin: 0;
    font-variant-numeric: tabular-nums;
    color: var(--primary-text-color);
  }
  .file input,
  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .file {
    position: relative;
  }
  form.say {
    flex-direction: row;
    align-items: end;
    scroll-margin-block: 8px;
  }
  .say label {
    flex: 1;
    min-inline-size: 0;
  }
  @media (max-width: 870px) {
    .whole {
      grid-template: "connection" auto "talk" auto "more" auto / minmax(0, 1fr);
    }
  }
`;
