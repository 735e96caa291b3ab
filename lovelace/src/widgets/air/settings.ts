import type { WidgetSettings } from "../widget.ts";

export default { defaults: {}, schema: [], subject: "windows" } satisfies WidgetSettings;
