import { defineConfig } from "vitest/config";

export default defineConfig({
  server: { fs: { allow: [".."] } }, // docs/protocol
  test: {
    environment: "happy-dom",
    include: ["test/**/*.test.ts"],
    restoreMocks: true,
    onConsoleLog: (log) => !log.includes("lit.dev/msg/"), // Lit's advice to developers
  },
});
