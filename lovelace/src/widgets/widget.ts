import { css, LitElement, type PropertyValues } from "lit";
import { property } from "lit/decorators.js";
import type { EntityState, HomeAssistant } from "../homeassistant.ts";
import type { LiveHands } from "../live-hands.ts";
import type { LiveVoice } from "../live-voice.ts";
import { type Catalogue, NOTHING } from "../model/catalogue.ts";
import type { Display } from "../model/display.ts";
import type { Formats } from "../model/formats.ts";
import type { Texts } from "../texts.ts";

/** What is known of a widget before it is loaded: the default export of its `settings.ts`. */
export interface WidgetSettings<Options extends object = Record<string, unknown>> {
  /** What options are where they are not given. */
  defaults: Required<Options>;
  /** The form of its options, as Home Assistant's `getConfigForm` has it. */
  schema: readonly FormField[];
  /** Options on a page that is named after it, and shows it alone. */
  alone?: Partial<Options>;
  /** Of which domains it finds the entities itself. */
  finds?: readonly string[];
  /** It knows nothing about anybody: guests see it, too. */
  forGuests?: true;
  /** It shows what the mirror has of this subject: without that, it is not offered. */
  subject?: string;
}

/** A field of `ha-form`. */
export interface FormField {
  name: string;
  required?: boolean;
  selector: Record<string, unknown>;
}

/** Something on the glass: what it shows it has from Home Assistant or from the mirror, and in the words of `texts`. */
export abstract class MiraWidget<
  Options extends object = Record<string, unknown>,
  OwnTexts extends object = Record<string, string>,
> extends LitElement {
  /** As it was when something changed that `entities` names. */
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ attribute: false }) options!: Required<Options>;
  @property({ attribute: false }) catalogue: Catalogue = NOTHING;
  @property({ attribute: false }) formats!: Formats;
  @property({ attribute: false }) texts!: Texts;
  /** Those of its own folder. */
  @property({ attribute: false }) ownTexts!: OwnTexts;
  /** Of the time that is shown, counted from 1970. */
  @property({ type: Number }) minute = 0;
  /** What the mirror shows: only for widgets that declare it. */
  display?: Display;
  /** The hands that the camera sees now: likewise. */
  live?: LiveHands;
  /** What is being said; null for guests: likewise. */
  voice?: LiveVoice | null;

  /** The entities whose states it shows: it is drawn anew when one of them has changed. */
  entities(): readonly string[] {
    return [];
  }

  /** Whether there is anything to show; else its place is given to others. */
  protected shows(): boolean {
    return true;
  }

  /** The entities of a domain that its settings say it finds. */
  protected found(domain: string): readonly string[] {
    return this.catalogue[domain] ?? [];
  }

  /** The states of these entities, of those that exist. */
  protected states(ids: readonly string[]): EntityState[] {
    return ids.flatMap((id) => this.hass.states?.[id] ?? []);
  }

  protected override willUpdate(_changed: PropertyValues): void {
    this.hidden = !this.shows();
  }
}

/** An entity's state in words. */
export function stateWords(hass: HomeAssistant, state: EntityState): string {
  return hass.formatEntityState?.(state) ?? state.state;
}

/** What an entity is called. */
export function nameOf({ entity_id, attributes }: EntityState): string {
  return typeof attributes.friendly_name === "string" ? attributes.friendly_name : entity_id;
}

/** For every widget. */
export const widgetStyle = css`
  :host {
    flex: none;
    min-inline-size: 0;
    max-inline-size: var(--widest, 100%);
    line-height: 1.2;
    text-align: var(--align, start);
  }
  :host([hidden]) {
    display: none;
  }
  .words {
    min-inline-size: 0;
  }
  .line {
    display: flex;
    flex-direction: var(--line, row);
    align-items: flex-start;
    justify-content: var(--pack, flex-start);
    gap: var(--gap);
  }
  .first,
  .second {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    overflow-wrap: break-word;
  }
  .first {
    font-size: var(--text);
    text-wrap: pretty;
  }
  .second {
    font-size: var(--small);
    color: var(--soft);
  }
`;
