import { resolve } from "node:path";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { apiReference } from "./build/apiReference.ts";
import { firstLoadLimit } from "./build/firstLoadLimit.ts";
import { fontsAsFiles } from "./build/fontsAsFiles.ts";
import { oneAppLayout } from "./build/oneAppLayout.ts";
import { shortNames } from "./build/shortNames.ts";

// The local AWS serves the page, /config.json and /admin under one origin, as CloudFront does.
const page = process.env["PAGE_URL"] ?? "http://127.0.0.1:4568";
const proxy = { "/admin": page, "/config.json": page };

export default defineConfig({
  plugins: [
    react(),
    fontsAsFiles(),
    oneAppLayout(),
    shortNames(),
    apiReference(),
    firstLoadLimit({
      entry: "page",
      // Other pages, dialogs, the setup of two-step sign-in, the last chart, and Cloudscape's texts in other languages.
      loadedLater: /(?<!^Overview)Page$|Dialog$|^TotpSecret$|^DecidedChart$|^all\.(?!en$)/,
      scriptsKb: 400,
      stylesKb: 60,
    }),
  ],
  resolve: {
    alias: {
      "@": resolve(import.meta.dirname, "src"),
      "inventory-client": resolve(import.meta.dirname, "../clients/javascript/src"),
    },
    dedupe: ["intl-messageformat"], // Cloudscape brings an older one of its own
  },
  server: { host: "127.0.0.1", proxy, fs: { allow: [".."] } }, // the page shows a part of docs
  preview: { host: "127.0.0.1", proxy },
  build: {
    target: "es2023",
    assetsInlineLimit: 0, // the content security policy allows files of this origin only
    chunkSizeWarningLimit: 1000, // firstLoadLimit limits the chunks that matter
    rolldownOptions: {
      input: {
        page: resolve(import.meta.dirname, "index.html"),
        reference: resolve(import.meta.dirname, "reference/index.html"),
      },
    },
  },
  test: {
    environment: "jsdom",
    pool: "vmThreads", // one jsdom for each process, not for each file
    setupFiles: "src/testing/setup.ts",
    css: false,
    restoreMocks: true,
    testTimeout: 20_000, // queries by role are slow in jsdom, and the machine may be busy
    server: { deps: { inline: [/@cloudscape-design/] } }, // its modules import style sheets
  },
});
