import { css } from "lit";

/** The head of a page of settings, as Home Assistant's own pages have it. */
export const pageStyle = css`
  header {
    position: sticky;
    z-index: 2;
    inset-block-start: 0;
    display: flex;
    align-items: center;
    gap: 8px;
    min-block-size: var(--header-height, 56px);
    padding-inline: 12px;
    background: var(--app-header-background-color, var(--primary-color));
    color: var(--app-header-text-color, #fff);
  }
  header .tap {
    color: inherit;
  }
  h1 {
    flex: 1;
    margin: 0;
    min-inline-size: 0;
    font-size: 20px;
    font-weight: 400;
  }
  p {
    margin: 0;
  }
`;
