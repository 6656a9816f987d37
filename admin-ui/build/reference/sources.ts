import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { apiCopy } from "./apiCopy.ts";

const PROJECT = resolve(import.meta.dirname, "../../..");

/** The files that the reference of the API is made from. */
export const SOURCES = ["api/openapi.yaml", "docs/api.md"].map((path) => resolve(PROJECT, path));

/** The copy of the API's document as a text of JSON. */
export function readApiCopy(): string {
  const [openapi = "", guide = ""] = SOURCES.map((path) => readFileSync(path, "utf-8"));
  return `${JSON.stringify(apiCopy(openapi, guide), null, 1)}\n`;
}
