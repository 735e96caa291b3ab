// npm run language fr: puts every text into src/texts/fr, in English until somebody translates it.
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { TEXTS, widgetTexts } from "./texts.mjs";

const [language] = process.argv.slice(2);
if (!/^[a-z]{2,3}(-\w+)?$/.test(language ?? ""))
  throw new Error("Name a language as Home Assistant does, such as fr or pt-BR.");
const folder = `${TEXTS}${language}`;
if (existsSync(folder)) throw new Error(`There is a folder ${folder} already.`);
cpSync(`${TEXTS}en`, folder, { recursive: true });
mkdirSync(`${folder}/widgets`);
for (const [type, texts] of Object.entries(widgetTexts("en")))
  writeFileSync(`${folder}/widgets/${type}.json`, `${JSON.stringify(texts, null, 2)}\n`);
console.log(`Translate the files in ${folder}; npm test says what is missing.`);
