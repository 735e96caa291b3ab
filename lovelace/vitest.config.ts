import { defineConfig } from "vitest/config";

export default defineConfig({
  server: { fs: { allow: [".."] } }, // docs/protocol
  mode: "production", // Lit without its warnings for developers
  test: { environment: "happy-dom", include: ["test/**/*.test.ts"], restoreMocks: true },
});
