import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { expect, it } from "vitest";

import { chosen } from "./oneAppLayout.ts";

const CHOICE = resolve("node_modules/@cloudscape-design/components/app-layout/internal.js");

it("replaces the choice of the installed Cloudscape by one layout", () => {
  expect(chosen(readFileSync(CHOICE, "utf-8"))).toBe(
    'export { default as AppLayoutInternal } from "./visual-refresh";',
  );
});

it("fails if Cloudscape has another layout", () => {
  const code = "import ClassicAppLayout from './classic';\nimport NewAppLayout from './new';\n";

  expect(() => chosen(code)).toThrow("Cloudscape has other app layouts: ./classic, ./new.");
});
