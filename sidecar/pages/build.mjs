// Puts what others have made for the pages beside our own files, packed, with its licences.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, gzipSync } from "node:zlib";

const FROM = new URL("node_modules/", import.meta.url);
const TO = new URL("../mira_sidecar/api/pages/vendor/", import.meta.url);

const LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg";

const SERVED = {
  "swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
  "swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
  "redoc.standalone.js": "redoc/bundles/redoc.standalone.js",
};
const LICENCES = {
  "swagger-ui.LICENSE.txt": "swagger-ui-dist/LICENSE",
  "swagger-ui.NOTICE.txt": "swagger-ui-dist/NOTICE",
  "swagger-ui-bundle.js.LICENSE.txt": "swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt",
  "redoc.LICENSE.txt": "redoc/LICENSE",
  "redoc.standalone.js.LICENSE.txt": "redoc/bundles/redoc.standalone.js.LICENSE.txt",
};

rmSync(TO, { recursive: true, force: true });
mkdirSync(TO);
for (const [name, path] of Object.entries(LICENCES)) {
  writeFileSync(new URL(name, TO), readFileSync(new URL(path, FROM)));
}
for (const [name, path] of Object.entries(SERVED)) {
  let text = readFileSync(new URL(path, FROM), "utf8");
  if (name.startsWith("redoc")) {
    // Redoc's page shows a picture from its makers' server. An empty one it leaves out by itself.
    if (!text.includes(LOGO)) throw new Error(`${path} has another logo than ${LOGO}: look where it comes from.`);
    text = text.replaceAll(LOGO, "data:,");
  }
  writeFileSync(new URL(`${name}.gz`, TO), gzipSync(text, { level: constants.Z_BEST_COMPRESSION }));
}
