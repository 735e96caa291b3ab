import { readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { pictures } from "./pictures.mjs";
import { texts } from "./texts.mjs";

/** What draws nothing is logic: the tests pass every line and branch of it. What draws is measured in tests/display, too. */
const logic = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !name.endsWith("/scene.ts"))
  .map((name) => `src/${name}`)
  .filter((file) => !/\b(html|svg)`/.test(readFileSync(file, "utf8")));

export default defineConfig({
  plugins: [texts, pictures],
  server: { fs: { allow: [".."] } }, // docs/protocol
  test: {
    environment: "happy-dom",
    include: ["test/**/*.test.ts"],
    restoreMocks: true,
    // Optimized code does not count its calls: of a hot function, what was skipped looks as if it never had been.
    execArgv: ["--no-opt", "--no-maglev"],
    onConsoleLog: (log) => !log.includes("lit.dev/msg/"), // Lit's advice to developers
    coverage: {
      include: logic,
      reporter: [["text", { skipFull: true }]],
      thresholds: { 100: true, perFile: true },
    },
  },
});
