// Builds the display into the integration. --serve: serves dev/ with the display built on each load;
// --scenes FOLDER: writes the packed display and the dev page there, for the tests that draw it.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, context, transformSync } from "esbuild";

const mdi = await import("@mdi/js");
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const integration = here("../custom_components/mira/frontend");
const budget = 60_000; // bytes, compressed: Home Assistant itself loads 1,125,000 before the first clock
const dashboardBudget = 3_000; // every dashboard of every user loads it

const entryPoints = { mira: "src/index.ts", dashboard: "src/dashboard.ts" };

const shared = {
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  chunkNames: "[name]-[hash]",
  outdir: "out",
  write: false,
};

/** Makes the styles small, and takes the indentation out of the templates: inside strings no minifier does. */
function packed(source) {
  const pack = (_, css) => `css\`${transformSync(css, { loader: "css", minify: true }).code.trim()}\``;
  return source.replaceAll(/^ +/gm, "").replaceAll(/\bcss`([^`]*)`/g, pack);
}

/** Puts each icon where it is used: else all would be in the one file that everybody loads. */
function withIcons(source) {
  const constant = (name) => `const ${name} = ${JSON.stringify(mdi[name])};`;
  const names = (list) => list.split(",").map((name) => name.trim());
  return source.replaceAll(/^import {([^}]*)} from "@mdi\/js";$/gm, (_, list) =>
    names(list).filter(Boolean).map(constant).join("\n"),
  );
}

/** What a file needs at once, itself included: those that it imports, and what they import. */
function needed(files, name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const { kind, path } of files[name].imports) {
    if (kind === "import-statement" && path in files) needed(files, path, found);
  }
  return found;
}

/**
 * Each part that is loaded when needed takes what parts share from one file, src/core.ts: else there
 * would be a file for each set of parts that share something. What each dashboard loads does without.
 */
const sources = {
  name: "sources",
  setup({ onLoad, onStart }) {
    let without;
    onStart(async () => {
      const { metafile } = await build({ ...shared, entryPoints, metafile: true });
      const files = metafile.inputs;
      const apart = ["src/core.ts", "src/dashboard.ts"].flatMap((name) => [...needed(files, name)]);
      without = new Set(apart.map((path) => resolve(path)));
    });
    onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = withIcons(packed(await readFile(path, "utf8")));
      const core =
        without.has(path) || !/^import (?!type)/m.test(source) ? "" : `import "${here("src/core.ts")}";\n`;
      return { contents: core + source, loader: "ts" };
    });
  },
};

const display = { ...shared, entryPoints, minify: true, plugins: [sources] };

/** What is asked for by name, and how many bytes of it, compressed, are loaded at once. */
const entries = {
  "mira.js": { what: "The display's first view", most: budget },
  "dashboard.js": { what: "What each dashboard loads", most: dashboardBudget },
};

/** Writes the display: the entry last, and only then away with the parts of an older one. */
async function bundle(folder) {
  const { metafile, outputFiles } = await build({ ...display, metafile: true });
  const files = outputFiles
    .map(({ path, contents }) => ({
      name: basename(path),
      contents,
      compressed: gzipSync(contents, { level: 9, memLevel: 9 }),
    }))
    .sort((a, b) => Number(a.name in entries) - Number(b.name in entries));
  const first = new Set();
  for (const [entry, { what, most }] of Object.entries(entries)) {
    const own = new Set([...needed(metafile.outputs, `out/${entry}`)].map((path) => basename(path)));
    const size = files.reduce((sum, file) => sum + (own.has(file.name) ? file.compressed.length : 0), 0);
    if (size > most) throw new Error(`${what} is ${size} bytes compressed; the budget is ${most}.`);
    console.log(`${what}: ${size} bytes, compressed, of ${most}`);
    for (const name of own) first.add(name);
  }
  await mkdir(folder, { recursive: true });
  for (const { name, contents, compressed } of files) {
    await writeFile(join(folder, `${name}.gz`), compressed);
    await writeFile(join(folder, name), contents);
    console.log(
      `${first.has(name) ? "at once" : "  later"} ${String(compressed.length).padStart(6)} ${name}`,
    );
  }
  const current = new Set(files.map(({ name }) => name));
  for (const name of await readdir(folder)) {
    if (/\.js(\.gz)?$/.test(name) && !current.has(name.replace(/\.gz$/, ""))) await rm(join(folder, name));
  }
}

async function serve() {
  const server = await context({
    ...shared,
    entryPoints: { ...entryPoints, index: "dev/index.ts" },
    outdir: "dev",
    sourcemap: "inline",
  });
  const { port } = await server.serve({
    servedir: "dev",
    host: "127.0.0.1",
    port: Number(process.env.PORT ?? 8124),
  });
  console.log(`The display with made-up data: http://127.0.0.1:${port}`);
}

async function scenes(folder) {
  await bundle(folder);
  await build({ ...shared, entryPoints: ["dev/index.ts"], outdir: folder, splitting: false, write: true });
  for (const name of ["index.html", "door.svg", "hall.svg"])
    await writeFile(join(folder, name), await readFile(here(`dev/${name}`)));
}

process.chdir(dirname(fileURLToPath(import.meta.url)));
const [what, folder] = process.argv.slice(2);
if (what === "--serve") await serve();
else if (what === "--scenes" && folder) await scenes(resolve(process.env.INIT_CWD ?? ".", folder));
else await bundle(integration);
