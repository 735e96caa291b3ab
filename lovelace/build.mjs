// Builds the display into the integration. --serve: serves dev/ with the display as it is now;
// --scenes FOLDER: writes the built display and the dev page there, for the tests that draw it.
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, createServer, runnerImport } from "vite";
import { pictures } from "./pictures.mjs";
import { texts, WIDGETS } from "./texts.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const integration = here("../custom_components/mira/frontend");

/** What is asked for by name, and how many bytes of it, compressed, are loaded at once. */
const entries = {
  // Home Assistant itself loads 1,125,000 before the first clock.
  mira: { source: "src/index.ts", what: "The display's first view", most: 60_000 },
  // Every dashboard of every user loads it.
  dashboard: { source: "src/dashboard.ts", what: "What each dashboard loads", most: 3_000 },
};

/** Parts that are called by their files would all be widgets, or all be German. */
function nameOf({ facadeModuleId: id, name }) {
  const [, widget] = id?.match(/\/widgets\/(\w+)\/widget\.ts$/) ?? [];
  const [, language] = id?.match(/\/texts\/([\w-]+)\/\w+\.json$/) ?? [];
  return `${widget ?? (language ? `${name}-${language}` : name)}-[hash].js`;
}

/** What the entry imports, and what that imports: what shares some of it has it already, and asks for no file of its own. */
const core = { name: "core", test: /\/src\/(?:panel|components\/(?:banner|device|signs))\.ts$/ };

async function built(sources, output) {
  const { output: files } = await build({
    configFile: false,
    plugins: [texts, pictures],
    publicDir: false,
    logLevel: "warn",
    build: {
      write: false,
      target: "es2022",
      lib: { entry: sources, formats: ["es"] },
      rolldownOptions: {
        output: {
          minify: true,
          entryFileNames: "[name].js",
          chunkFileNames: nameOf,
          ...output,
        },
      },
    },
  }).then(([only]) => only);
  return files;
}

/** By type, the form of a widget's options: by it Home Assistant checks what is to be kept. */
async function forms() {
  const types = (await readdir(WIDGETS, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const read = types.map(async ({ name }) => {
    const file = `${WIDGETS}${name}/settings.ts`;
    if (!existsSync(file)) return [];
    const { module } = await runnerImport(file, { configFile: false, logLevel: "warn" });
    return [[name, module.default.schema]];
  });
  return Object.fromEntries((await Promise.all(read)).flat());
}

/** What a file needs at once, itself included: those that it imports, and what they import. */
function needed(files, name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const path of files.get(name).imports) needed(files, path, found);
  return found;
}

/** Writes the display: the entry last, and only then away with the parts of an older one. */
async function bundle(folder) {
  const sources = Object.fromEntries(Object.entries(entries).map(([name, { source }]) => [name, source]));
  const files = new Map(
    (await built(sources, { codeSplitting: { groups: [core] } }))
      .map(({ fileName, code, imports, isEntry }) => {
        const compressed = gzipSync(code, { level: 9, memLevel: 9 });
        return [fileName, { code, imports, isEntry, compressed, size: compressed.length }];
      })
      .sort(([, one], [, other]) => Number(one.isEntry) - Number(other.isEntry)),
  );
  const sizeOf = (names) => [...names].reduce((sum, name) => sum + files.get(name).size, 0);
  const languages = [...files].filter(([name]) => name.startsWith("display-")).map(([, { size }]) => size);
  const first = new Set();
  for (const [entry, { what, most }] of Object.entries(entries)) {
    const own = needed(files, `${entry}.js`);
    const size = sizeOf(own) + (entry === "mira" ? Math.max(...languages) : 0);
    if (size > most) throw new Error(`${what} is ${size} bytes compressed; the budget is ${most}.`);
    console.log(`${what}: ${size} bytes, compressed, of ${most}`);
    for (const name of own) first.add(name);
  }
  await mkdir(folder, { recursive: true });
  for (const [name, { code, compressed, size }] of files) {
    await writeFile(join(folder, `${name}.gz`), compressed);
    await writeFile(join(folder, name), code);
    console.log(`${first.has(name) ? "at once" : "  later"} ${String(size).padStart(6)} ${name}`);
  }
  await writeFile(join(folder, "widgets.json"), JSON.stringify(await forms()));
  for (const name of await readdir(folder)) {
    if (/\.js(\.gz)?$/.test(name) && !files.has(name.replace(/\.gz$/, ""))) await rm(join(folder, name));
  }
}

/** Of cameras in the made-up house. */
const PICTURES = ["door.svg", "hall.svg"];

async function serve() {
  const pages = { "": "dev/index.html", "index.js": "dev/index.ts" };
  for (const name of PICTURES) pages[name] = `dev/${name}`;
  for (const [name, { source }] of Object.entries(entries)) pages[`${name}.js`] = source;
  const server = await createServer({
    configFile: false,
    publicDir: false,
    optimizeDeps: { entries: [entries.mira.source, entries.dashboard.source, pages["index.js"]] },
    server: {
      preTransformRequests: false,
      host: "127.0.0.1",
      port: Number(process.env.PORT ?? 8124),
      strictPort: true,
    },
    plugins: [
      texts,
      pictures,
      {
        name: "pages",
        configureServer({ middlewares }) {
          middlewares.use((request, _, next) => {
            const { pathname, search } = new URL(request.url, "http://dev");
            const source = pages[pathname.split("/").at(-1)];
            if (source) request.url = `/${source}${search}`;
            next();
          });
        },
      },
    ],
  });
  await server.listen();
  console.log(`The display with made-up data: http://127.0.0.1:${server.config.server.port}`);
}

async function scenes(folder) {
  await bundle(folder);
  const [page] = await built({ index: "dev/index.ts" }, { codeSplitting: false });
  await writeFile(join(folder, "index.js"), page.code);
  for (const name of ["index.html", ...PICTURES])
    await writeFile(join(folder, name), await readFile(here(`dev/${name}`)));
}

process.chdir(dirname(fileURLToPath(import.meta.url)));
const [what, folder] = process.argv.slice(2);
if (what === "--serve") await serve();
else if (what === "--scenes" && folder) await scenes(resolve(process.env.INIT_CWD ?? ".", folder));
else await bundle(integration);
