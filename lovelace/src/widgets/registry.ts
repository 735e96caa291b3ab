import type { LitElement } from "lit";
import { define } from "../define.ts";
import type { HomeAssistant } from "../homeassistant.ts";
import type { Parts } from "../load.ts";
import { type Catalogue, catalogueOf, NOTHING } from "../model/catalogue.ts";
import type { WidgetConfig } from "../model/settings.ts";
import type { WidgetTexts } from "../texts.ts";
import { FOUND_DOMAINS, widgetElement, widgetSettings } from "./index.ts";
import type { MiraWidget } from "./widget.ts";

/** Between two looks for entities that are new or gone. */
const LOOK_MS = 1_000;

/** What every widget gets, besides Home Assistant and its options. */
export interface WidgetContext
  extends Pick<MiraWidget, "formats" | "texts" | "minute" | "display" | "live" | "voice"> {
  /** By type, those of its own folder. */
  widgetTexts: Record<string, WidgetTexts>;
}

interface Kept {
  widget: MiraWidget;
  options: string;
}

/** The widgets of all pages: made when they are first shown, and kept with what they know. */
export class WidgetRegistry {
  catalogue: Catalogue = NOTHING;
  readonly #elements = new Map<string, Awaited<ReturnType<typeof widgetElement>> | null>();
  readonly #kept = new Map<string, Kept>();
  #hass: HomeAssistant | undefined;
  #look: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly host: LitElement,
    readonly parts: Parts,
  ) {}

  /** Hands Home Assistant's newest object to the widgets on the glass that show what has changed. */
  offer(hass: HomeAssistant): void {
    this.#hass = hass;
    for (const { widget } of this.#kept.values()) if (widget.isConnected) take(widget, hass);
    this.#look ??= setTimeout(() => this.#lookAround(), this.catalogue === NOTHING ? 0 : LOOK_MS);
  }

  /** The widget of a place; null while it is being loaded, and for a type that nobody knows. */
  at(place: string, config: WidgetConfig, context: WidgetContext): MiraWidget | null {
    const settings = widgetSettings.get(config.type);
    return settings ? this.#made(place, config, settings.defaults, context) : null;
  }

  /** What a subject shows on every page; null while it is being loaded. */
  over(subject: string, context: WidgetContext): MiraWidget | null {
    return this.#made("every page", { type: subject }, {}, context);
  }

  #made(
    place: string,
    config: WidgetConfig,
    defaults: object,
    { widgetTexts, ...context }: WidgetContext,
  ): MiraWidget | null {
    const { type } = config;
    const element = this.#element(type);
    if (!element || !this.#hass) return null;
    const name = `${place} ${type}`;
    const options = JSON.stringify(config);
    let kept = this.#kept.get(name);
    if (!kept) {
      define(`mira-${type}`, element);
      kept = { widget: new element(), options: "" };
      this.#kept.set(name, kept);
    }
    const { widget } = kept;
    if (kept.options !== options) widget.options = { ...defaults, ...config };
    kept.options = options;
    take(widget, this.#hass);
    Object.assign(widget, context, { catalogue: this.catalogue, ownTexts: widgetTexts[type] });
    return widget;
  }

  #element(type: string) {
    const element = this.#elements.get(type);
    if (element !== undefined) return element;
    this.#elements.set(type, null);
    void this.parts
      .load(type, () => widgetElement(type))
      .then((loaded) => {
        this.#elements.set(type, loaded);
        this.host.requestUpdate();
      });
    return null;
  }

  #lookAround(): void {
    this.#look = undefined;
    const found = catalogueOf(this.#hass as HomeAssistant, FOUND_DOMAINS, this.catalogue);
    if (found === this.catalogue) return;
    this.catalogue = found;
    this.host.requestUpdate();
  }
}

const OF_ALL = ["connection", "language", "locale", "config", "entities", "formatEntityState"] as const;

/** Gives a widget this object where something in it is another that the widget shows. */
function take(widget: MiraWidget, hass: HomeAssistant): void {
  const before = widget.hass;
  const another =
    !before ||
    OF_ALL.some((name) => before[name] !== hass[name]) ||
    widget.entities().some((id) => before.states?.[id] !== hass.states?.[id]);
  if (another) widget.hass = hass;
}
