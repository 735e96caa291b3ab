// The pictures of Fluent Emoji High Contrast (Microsoft, MIT) that a face may have: of 1,500 those that are named alone.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const SET = "@iconify-json/fluent-emoji-high-contrast/icons.json";

/** A plugin of Vite: where a file has names of pictures, the display gets the pictures. */
export const pictures = {
  name: "pictures",
  enforce: "pre",
  load(id) {
    if (!id.endsWith("/talk/fluent.json")) return null;
    const { icons } = JSON.parse(readFileSync(createRequire(import.meta.url).resolve(SET), "utf8"));
    const named = Object.entries(JSON.parse(readFileSync(id, "utf8")));
    return JSON.stringify(Object.fromEntries(named.map(([emotion, name]) => [emotion, icons[name].body])));
  },
};
