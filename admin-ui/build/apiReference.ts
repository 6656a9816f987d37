import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import type { Plugin } from "vite";

import { readApiCopy, SOURCES } from "./reference/sources.ts";

const REDOC = resolve("node_modules/redoc/bundles/redoc.standalone.js");
const LOGO_OF_ANOTHER_ORIGIN = '"https://cdn.redoc.ly/redoc/logo-mini.svg"';
const NO_IMAGE = '"data:,"'; // Redoc leaves an image out that does not load

const FILES: Readonly<Record<string, () => string>> = {
  "reference/openapi.json": readApiCopy,
  "reference/redoc.js": redoc,
};

/** Put Redoc and the copy of the API's document beside the page of the reference; serve them during development. */
export function apiReference(): Plugin {
  return {
    name: "api-reference",
    buildStart() {
      SOURCES.forEach((file) => this.addWatchFile(file));
    },
    generateBundle() {
      for (const [fileName, read] of Object.entries(FILES)) this.emitFile({ type: "asset", fileName, source: read() });
    },
    configureServer(server) {
      for (const [fileName, read] of Object.entries(FILES)) {
        server.middlewares.use(`/${fileName}`, (_, response) => {
          response.setHeader("Content-Type", fileName.endsWith(".js") ? "text/javascript" : "application/json");
          response.end(read());
        });
      }
    },
  };
}

/** Redoc for a script element, without its image of another origin: the page loads nothing from elsewhere. */
function redoc(): string {
  const [before, after, ...more] = readFileSync(REDOC, "utf-8").split(LOGO_OF_ANOTHER_ORIGIN);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error("Redoc loads its logo in another way than before: look at build/apiReference.ts.");
  }
  return before + NO_IMAGE + after;
}
