import { css, html, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Feeds } from "../../feeds.ts";
import { FitRows, rowsStyle } from "../../fit-rows.ts";
import { type CalendarEvent, eventWords, upcoming } from "../../model/calendar.ts";
import { hyphenated } from "../../model/hyphens.ts";
import { base } from "../../styles.ts";
import type { Request } from "../../subscription.ts";
import { MiraWidget, widgetStyle } from "../widget.ts";
import type { CalendarOptions } from "./settings.ts";

const HOUR = 3_600_000;

/** The next events of some calendars, or of all. */
export default class MiraCalendar extends MiraWidget<CalendarOptions> {
  static override styles = [
    base,
    widgetStyle,
    rowsStyle,
    css`
      :host {
        container-type: inline-size;
      }
      /* Wide enough for one line: 20 letters and a time. */
      @container (inline-size > 14em) {
        .row {
          display: flex;
          align-items: baseline;
          justify-content: space-between;
          gap: var(--gap);
        }
        .first {
          -webkit-line-clamp: 1;
        }
        .second {
          flex: none;
        }
      }
    `,
  ];

  #rows = new FitRows(this);
  #feeds = new Feeds<{ events: CalendarEvent[] | null }>(this, () => this.#requests());

  override entities(): readonly string[] {
    return this.options.entities.length > 0 ? this.options.entities : this.found("calendar");
  }

  protected override shows(): boolean {
    return this.#events().length > 0;
  }

  override render(): TemplateResult {
    const now = this.minute * 60_000;
    return html`<div class="rows" data-test="calendar">
      ${repeat(
        this.#events(),
        ({ summary, start }) => summary + start,
        (event, index) => html`<div class="row ${index < this.#rows.shown ? "" : "unseen"}" data-test="event">
          <div class="first" dir="auto">${hyphenated(event.summary)}</div>
          <div class="second">${eventWords(event, now, this.formats, this.texts)}</div>
        </div>`,
      )}
    </div>`;
  }

  #events(): CalendarEvent[] {
    const all = [...this.#feeds.latest.values()].flatMap(({ events }) => events ?? []);
    return upcoming(all, this.minute * 60_000, this.formats).slice(0, this.options.count);
  }

  /** From this hour on: the same for an hour, so that it is asked again only then. */
  #requests(): Record<string, Request> {
    const from = Math.floor((this.minute * 60_000) / HOUR) * HOUR;
    const [start, end] = [from, from + this.options.days * 24 * HOUR].map((moment) =>
      new Date(moment).toISOString(),
    );
    return Object.fromEntries(
      this.states(this.entities()).map(({ entity_id }) => [
        entity_id,
        { type: "calendar/event/subscribe", entity_id, start, end },
      ]),
    );
  }
}
