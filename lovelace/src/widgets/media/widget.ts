import { mdiMusicNote } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { icon } from "../../components/icon.ts";
import type { EntityState } from "../../homeassistant.ts";
import { hyphenated } from "../../model/hyphens.ts";
import { own } from "../../model/picture.ts";
import { base } from "../../styles.ts";
import { MiraWidget, nameOf, widgetStyle } from "../widget.ts";
import type { MediaOptions } from "./settings.ts";

/** What is playing now, on the first player that plays. */
export default class MiraMedia extends MiraWidget<MediaOptions> {
  static override styles = [
    base,
    widgetStyle,
    css`
      .line {
        align-items: center;
        gap: calc(1.6 * var(--u));
      }
      .first {
        font-size: var(--small);
      }
      img {
        flex: none;
        inline-size: calc(13 * var(--u));
        block-size: calc(13 * var(--u));
        object-fit: cover;
        border-radius: calc(1.6 * var(--u));
      }
    `,
  ];

  override entities(): readonly string[] {
    return this.options.entities.length > 0 ? this.options.entities : this.found("media_player");
  }

  protected override shows(): boolean {
    return this.#playing() !== undefined;
  }

  override render(): TemplateResult | typeof nothing {
    const player = this.#playing();
    if (!player) return nothing;
    const { media_title, media_artist, media_series_title, app_name, entity_picture } = player.attributes;
    const by = media_artist ?? media_series_title ?? app_name;
    const picture = own(entity_picture);
    return html`<div class="line" data-test="media">
      ${picture ? html`<img src=${picture} alt="" />` : icon(mdiMusicNote)}
      <div class="words">
        <div class="first" dir="auto" data-test="media-title">${hyphenated(String(media_title ?? nameOf(player)))}</div>
        ${by ? html`<div class="second" dir="auto">${hyphenated(String(by))}</div>` : nothing}
      </div>
    </div>`;
  }

  #playing(): EntityState | undefined {
    return this.states(this.entities()).find(({ state }) => state === "playing");
  }
}
