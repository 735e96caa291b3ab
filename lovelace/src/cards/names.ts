type Words = readonly [name: string, description: string];

/** Names and descriptions for Home Assistant's pickers: every dashboard loads them, so only these. */
const en = {
  "mira-mirror-card": ["Mira: mirror", "What is on the glass, with pages, camera, microphone and messages."],
  "mira-todo-card": ["Mira: to-dos", "The to-dos on the mirror: add, tick off, remove."],
  "mira-gesture-card": ["Mira: gestures", "What the camera sees of hands now, and the last gestures."],
  "mira-privacy-card": [
    "Mira: privacy",
    "Camera and microphone: what was asked for, and what is really open.",
  ],
  "mira-log-card": ["Mira: log", "What the mirror decided, and why."],
  dashboard: ["Mira", "Your mirrors: a page for each, made and kept up to date by itself."],
  title: ["Mirrors", ""],
  missing: ["", "A part of Mira could not be loaded. If this stays, load the page anew."],
} satisfies Record<string, Words>;

const de: Record<keyof typeof en, Words> = {
  "mira-mirror-card": [
    "Mira: Spiegel",
    "Was auf dem Glas steht, mit Seiten, Kamera, Mikrofon und Nachrichten.",
  ],
  "mira-todo-card": ["Mira: Aufgaben", "Die Aufgaben auf dem Spiegel: hinzufügen, abhaken, entfernen."],
  "mira-gesture-card": ["Mira: Gesten", "Was die Kamera gerade von Händen sieht, und die letzten Gesten."],
  "mira-privacy-card": [
    "Mira: Privatsphäre",
    "Kamera und Mikrofon: was gewünscht und was wirklich offen ist.",
  ],
  "mira-log-card": ["Mira: Protokoll", "Was der Spiegel entschieden hat, und warum."],
  dashboard: ["Mira", "Deine Spiegel: eine Seite für jeden, von selbst erstellt und aktuell."],
  title: ["Spiegel", ""],
  missing: ["", "Ein Teil von Mira ließ sich nicht laden. Bleibt das so, lade die Seite neu."],
};

const others: Record<string, typeof de> = { de };

/** The language of the person at this page. */
export function pageLanguage(): string {
  const root = document.querySelector("home-assistant") as { hass?: { language?: string } } | null;
  return root?.hass?.language ?? document.documentElement.lang;
}

/** What something of Mira is called; English where its language has no names. */
export function nameOf(what: keyof typeof en): Words {
  const names: Record<typeof what, Words> = others[pageLanguage().replace(/-.*/, "")] ?? en;
  return names[what];
}
