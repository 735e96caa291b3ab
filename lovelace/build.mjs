// Builds the display into the integration; with --serve, serves dev/ with the display built on each load.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build, context, transformSync } from "esbuild";

const folder = new URL("../custom_components/mira/frontend/", import.meta.url);
const budget = 25_000; // bytes, compressed: loads at once on a small computer behind the glass

const shared = {
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  write: false,
};

/** Makes the styles small, and takes the indentation out of the templates: inside strings no minifier does. */
const packedTemplates = {
  name: "packed templates",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = (await readFile(path, "utf8")).replaceAll(/^ +/gm, "");
      const packed = (_, css) => `css\`${transformSync(css, { loader: "css", minify: true }).code.trim()}\``;
      return { contents: source.replaceAll(/\bcss`([^`]*)`/g, packed), loader: "ts" };
    }),
};

async function bundle() {
  const result = await build({
    ...shared,
    entryPoints: ["src/index.ts"],
    minify: true,
    plugins: [packedTemplates],
  });
  const script = result.outputFiles[0].contents;
  const packed = gzipSync(script, { level: 9, memLevel: 9 });
  if (packed.length > budget)
    throw new Error(`The display is ${packed.length} bytes compressed; the budget is ${budget}.`);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL("mira.js", folder), script);
  await writeFile(new URL("mira.js.gz", folder), packed);
  console.log(`mira.js: ${script.length} bytes, ${packed.length} compressed`);
}

async function serve() {
  const server = await context({
    ...shared,
    entryPoints: ["dev/index.ts"],
    outdir: "dev",
    sourcemap: "inline",
    write: false,
  });
  const { port } = await server.serve({
    servedir: "dev",
    host: "127.0.0.1",
    port: Number(process.env.PORT ?? 8124),
  });
  console.log(`The display with made-up data: http://127.0.0.1:${port}`);
}

await (process.argv.includes("--serve") ? serve() : bundle());
