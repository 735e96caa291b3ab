import { mdiAccountOutline, mdiHelpCircleOutline, mdiHomeAccount } from "@mdi/js";
import { css, html, type TemplateResult } from "lit";
import { icon } from "../../components/icon.ts";
import { FitRows, rowsStyle } from "../../fit-rows.ts";
import type { EntityState } from "../../homeassistant.ts";
import { hyphenated } from "../../model/hyphens.ts";
import { base } from "../../styles.ts";
import { MiraWidget, nameOf, stateWords, widgetStyle } from "../widget.ts";
import type { PeopleOptions } from "./settings.ts";

/** Who is at home, and where the others are. */
export default class MiraPeople extends MiraWidget<PeopleOptions> {
  static override styles = [
    base,
    widgetStyle,
    rowsStyle,
    css`
      .away .first {
        color: var(--soft);
      }
    `,
  ];

  #rows = new FitRows(this);

  override entities(): readonly string[] {
    return this.options.entities.length > 0 ? this.options.entities : this.found("person");
  }

  protected override shows(): boolean {
    return this.#people().length > 0;
  }

  override render(): TemplateResult {
    return html`<div class="rows" data-test="people">
      ${this.#people().map((person, index) => this.#person(person, index < this.#rows.shown ? "" : "unseen"))}
    </div>`;
  }

  #people(): EntityState[] {
    return this.states(this.entities()).filter(({ state }) => state !== "unavailable");
  }

  #person(person: EntityState, seen: string): TemplateResult {
    const { state } = person;
    const where =
      state === "home" ? mdiHomeAccount : state === "unknown" ? mdiHelpCircleOutline : mdiAccountOutline;
    return html`<div class="row line ${state === "home" ? "" : "away"} ${seen}" data-test="person" data-state=${state}>
      ${icon(where)}
      <div class="words">
        <div class="first" dir="auto">${hyphenated(nameOf(person))}</div>
        <div class="second" dir="auto">${stateWords(this.hass, person)}</div>
      </div>
    </div>`;
  }
}
