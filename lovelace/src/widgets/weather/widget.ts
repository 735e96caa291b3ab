import { css, html, nothing, type TemplateResult } from "lit";
import { icon } from "../../components/icon.ts";
import { Feeds } from "../../feeds.ts";
import { FitRows, rowsStyle } from "../../fit-rows.ts";
import type { EntityState } from "../../homeassistant.ts";
import { type Forecast, type ForecastType, forecastType, toCome } from "../../model/weather.ts";
import { base } from "../../styles.ts";
import type { Request } from "../../subscription.ts";
import { MiraWidget, stateWords, widgetStyle } from "../widget.ts";
import { weatherIcon } from "./icons.ts";
import type { WeatherOptions } from "./settings.ts";

/** The weather now, and what is to come. */
export default class MiraWeather extends MiraWidget<WeatherOptions> {
  static override styles = [
    base,
    widgetStyle,
    rowsStyle,
    css`
      .rows {
        --row-gap: calc(0.6 * var(--u));
      }
      .now {
        align-items: center;
        gap: calc(1.6 * var(--u));
        font-size: calc(1.75 * var(--text));
        line-height: 1.1;
      }
      .now .icon {
        inline-size: 1.05em;
        block-size: 1.05em;
      }
      .row.to-come {
        flex-direction: row;
        justify-content: var(--justify, flex-start);
        align-items: center;
        gap: calc(1.4 * var(--u));
        font-size: var(--small);
      }
      .to-come .icon {
        inline-size: 1.1em;
        block-size: 1.1em;
      }
      .when {
        color: var(--soft);
      }
      .high {
        min-inline-size: 1.9em;
        text-align: end;
      }
    `,
  ];

  #rows = new FitRows(this);
  #feeds = new Feeds<{ type: ForecastType; forecast: Forecast[] | null }>(this, () => this.#requests());

  override entities(): readonly string[] {
    return this.options.entity ? [this.options.entity] : this.found("weather").slice(0, 1);
  }

  protected override shows(): boolean {
    const state = this.#state();
    return state !== undefined && state.state !== "unavailable";
  }

  override render(): TemplateResult | typeof nothing {
    const state = this.#state();
    if (!state) return nothing;
    const { temperature } = state.attributes;
    const seen = (index: number) => (index < this.#rows.shown ? "" : "unseen");
    return html`<div class="rows" data-test="weather">
      <div class="row ${seen(0)}">
        <div class="line now">
          ${icon(weatherIcon(state.state))}
          ${typeof temperature === "number" ? html`<span data-test="temperature">${this.formats.degrees(temperature)}</span>` : nothing}
        </div>
        <div class="second">${stateWords(this.hass, state)}</div>
      </div>
      ${this.#toCome().map((time, index) => this.#time(time, seen(index + 1)))}
    </div>`;
  }

  #time({ datetime, condition, temperature }: Forecast, seen: string): TemplateResult {
    const moment = Date.parse(datetime);
    const hourly = this.#feeds.latest.get("forecast")?.type === "hourly";
    return html`<div class="row line to-come ${seen}" data-test="forecast">
      <span class="when">${hourly ? this.formats.time(moment) : this.formats.weekday(moment)}</span>
      ${icon(weatherIcon(condition))}
      <span class="high">${typeof temperature === "number" ? this.formats.degrees(temperature) : nothing}</span>
    </div>`;
  }

  #state(): EntityState | undefined {
    return this.states(this.entities())[0];
  }

  #toCome(): Forecast[] {
    const { type, forecast } = this.#feeds.latest.get("forecast") ?? {};
    const now = this.minute * 60_000;
    if (!type || !forecast) return [];
    return toCome(forecast, type, now, this.formats).slice(0, this.options.count);
  }

  #requests(): Record<string, Request> {
    const state = this.#state();
    const type = state && forecastType(state, this.options.forecast);
    if (!type) return {};
    return {
      forecast: { type: "weather/subscribe_forecast", entity_id: state.entity_id, forecast_type: type },
    };
  }
}
