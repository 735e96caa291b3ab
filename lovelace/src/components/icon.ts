import { html, svg, type TemplateResult } from "lit";

/** An icon from a path of 24 × 24 units, as bright as the text around it. Words beside it say the same. */
export function icon(path: string, className = ""): TemplateResult {
  return html`<svg class="icon ${className}" viewBox="0 0 24 24" aria-hidden="true">${svg`<path d=${path} />`}</svg>`;
}
