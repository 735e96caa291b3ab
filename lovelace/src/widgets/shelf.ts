import type { LitElement } from "lit";
import { define } from "../define.ts";
import type { HomeAssistant } from "../homeassistant.ts";
import type { Parts } from "../load.ts";
import { type Catalogue, catalogueOf, NOTHING } from "../model/catalogue.ts";
import type { WidgetConfig } from "../model/settings.ts";
import { WIDGET_TYPES, type WidgetType, widgetFile } from "./index.ts";
import type { MiraWidget, WidgetFile } from "./widget.ts";

/** Between two looks for entities that are new or gone. */
const LOOK_MS = 1_000;

/** What every widget gets, besides Home Assistant and its options. */
export type Dress = Pick<MiraWidget, "formats" | "texts" | "minute" | "display" | "live">;

interface Kept {
  widget: MiraWidget;
  options: string;
}

/** The widgets of all pages: made when they are first shown, and kept with what they know. */
export class Shelf {
  catalogue: Catalogue = NOTHING;
  readonly #files = new Map<WidgetType, WidgetFile | null>();
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

  /** The widget of a place; null while its file is being loaded, and for a type that nobody knows. */
  at(place: string, config: WidgetConfig, dress: Dress): MiraWidget | null {
    const file = this.#file(config.type);
    if (!file || !this.#hass) return null;
    const name = `${place} ${config.type}`;
    const options = JSON.stringify(config);
    let kept = this.#kept.get(name);
    if (!kept) {
      define(`mira-${config.type}`, file.element);
      kept = { widget: new file.element(), options: "" };
      this.#kept.set(name, kept);
    }
    const { widget } = kept;
    if (kept.options !== options) widget.options = { ...file.defaults, ...config };
    kept.options = options;
    take(widget, this.#hass);
    Object.assign(widget, dress, { catalogue: this.catalogue });
    return widget;
  }

  #file(name: string): WidgetFile | null {
    const type = WIDGET_TYPES.find((known) => known === name);
    if (!type) return null;
    const file = this.#files.get(type);
    if (file !== undefined) return file;
    this.#files.set(type, null);
    void this.parts
      .load(type, () => widgetFile(type))
      .then((loaded) => {
        this.#files.set(type, loaded);
        this.host.requestUpdate();
      });
    return null;
  }

  #lookAround(): void {
    this.#look = undefined;
    const found = catalogueOf(this.#hass as HomeAssistant, this.catalogue);
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
