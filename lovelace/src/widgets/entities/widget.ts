import { css, html, nothing, type TemplateResult } from "lit";
import { FitRows, rowsStyle } from "../../fit-rows.ts";
import { base } from "../../styles.ts";
import { MiraWidget, nameOf, stateWords, widgetStyle } from "../widget.ts";
import type { EntitiesOptions } from "./settings.ts";

/** Any entities, each a quiet line. */
export default class MiraEntities extends MiraWidget<EntitiesOptions> {
  static override styles = [
    base,
    widgetStyle,
    rowsStyle,
    css`
      .rows {
        --row-gap: calc(0.8 * var(--u));
      }
      .line {
        flex-direction: row;
        justify-content: space-between;
        align-items: baseline;
        font-size: var(--small);
      }
      .name,
      .state {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
        overflow-wrap: anywhere;
      }
      .name {
        color: var(--soft);
      }
      .state {
        flex: none;
        max-inline-size: 60%;
        text-align: end;
      }
    `,
  ];

  #rows = new FitRows(this);

  override entities(): readonly string[] {
    return this.options.entities;
  }

  protected override shows(): boolean {
    return this.states(this.entities()).length > 0;
  }

  override render(): TemplateResult {
    return html`
      ${this.options.title ? html`<div class="first" dir="auto">${this.options.title}</div>` : nothing}
      <div class="rows" data-test="entities">
        ${this.states(this.entities()).map(
          (
            state,
            index,
          ) => html`<div class="row line ${index < this.#rows.shown ? "" : "unseen"}" data-test="entity">
            <span class="name"><bdi>${nameOf(state)}</bdi></span>
            <span class="state"><bdi>${stateWords(this.hass, state)}</bdi></span>
          </div>`,
        )}
      </div>
    `;
  }
}
