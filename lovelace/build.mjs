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
const budget = 25_000; // bytes, compressed: loads at once on a small computer behind the glass

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

/**
 * Each part that is loaded when needed takes what parts share from one file, src/core.ts: else there
 * would be a file for each set of parts that share something.
 */
const sources = {
  name: "sources",
  setup({ onLoad, onResolve }) {
    const lazy = new Set();
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind === "dynamic-import") lazy.add(resolve(resolveDir, path));
      return undefined;
    });
    onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = withIcons(packed(await readFile(path, "utf8")));
      const core =
        lazy.has(path) && /^import (?!type)/m.test(source) ? `import "${here("src/core.ts")}";\n` : "";
      return { contents: core + source, loader: "ts" };
    });
  },
};

const display = { ...shared, entryPoints: { mira: "src/index.ts" }, minify: true, plugins: [sources] };

/** What a browser loads before it draws: the entry, and what that imports without being asked. */
function atOnce(outputs, name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const { kind, path } of outputs[name].imports) {
    if (kind === "import-statement") atOnce(outputs, path, found);
  }
  return found;
}

/** Writes the display: the entry last, and only then away with the parts of an older one. */
async function bundle(folder) {
  const { metafile, outputFiles } = await build({ ...display, metafile: true });
  const files = outputFiles
    .map(({ path, contents }) => ({
      name: basename(path),
      contents,
      compressed: gzipSync(contents, { level: 9, memLevel: 9 }),
    }))
    .sort((a, b) => Number(a.name === "mira.js") - Number(b.name === "mira.js"));
  const first = new Set([...atOnce(metafile.outputs, "out/mira.js")].map((path) => basename(path)));
  const size = files.reduce((sum, file) => sum + (first.has(file.name) ? file.compressed.length : 0), 0);
  if (size > budget)
    throw new Error(`The display's first view is ${size} bytes compressed; the budget is ${budget}.`);
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
  console.log(`at once ${String(size).padStart(6)} bytes, compressed, of ${budget}`);
}

async function serve() {
  const entryPoints = { mira: "src/index.ts", index: "dev/index.ts" };
  const server = await context({ ...shared, entryPoints, outdir: "dev", sourcemap: "inline" });
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
  await writeFile(join(folder, "index.html"), await readFile(here("dev/index.html")));
}

process.chdir(dirname(fileURLToPath(import.meta.url)));
const [what, folder] = process.argv.slice(2);
if (what === "--serve") await serve();
else if (what === "--scenes" && folder) await scenes(resolve(process.env.INIT_CWD ?? ".", folder));
else await bundle(integration);
