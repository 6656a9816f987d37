import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import ts from "typescript";
import { expect, test } from "vitest";

const SOURCE = join(import.meta.dirname, "..");
const FILES_OF_A_FOLDER_MAX = 12;

/** The top folders, lowest layer first. A file may import from its own layer and from lower ones. */
const LAYERS = [["lib", "i18n"], ["api"], ["components", "hooks"], ["auth"], ["features"], ["app"], ["main.tsx"]];

const FILES = readdirSync(SOURCE, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(SOURCE, join(entry.parentPath, entry.name)));
const MODULES = FILES.filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !inTesting(file));
const IMPORTS = new Map(MODULES.map((file) => [file, importsOf(file)]));

function inTesting(file: string): boolean {
  return file.startsWith("testing/");
}

function importsOf(file: string): readonly string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(SOURCE, file), "utf8"));
  return importedFiles.flatMap(({ fileName }) => {
    const path = fileName.startsWith("@/") ? fileName.slice(2) : join(dirname(file), fileName);
    return FILES.filter((candidate) => [path, `${path}.ts`, `${path}.tsx`].includes(candidate));
  });
}

function layerOf(file: string): number {
  return LAYERS.findIndex((folders) => folders.includes(file.split("/")[0] ?? ""));
}

function featureOf(file: string): string | undefined {
  return /^features\/([^/]+)\//.exec(file)?.[1];
}

/** The imports that break a rule, as "importer -> imported". */
function violations(isAllowed: (importer: string, imported: string) => boolean): string[] {
  return [...IMPORTS].flatMap(([importer, imported]) =>
    imported.filter((other) => !isAllowed(importer, other)).map((other) => `${importer} -> ${other}`),
  );
}

/** The first import cycle that a depth-first search finds, if any. */
function findCycle(): readonly string[] {
  const finished = new Set<string>();
  function visit(file: string, path: readonly string[]): readonly string[] {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return [];
    for (const imported of IMPORTS.get(file) ?? []) {
      const cycle = visit(imported, [...path, file]);
      if (cycle.length > 0) return cycle;
    }
    finished.add(file);
    return [];
  }
  return MODULES.map((file) => visit(file, [])).find((cycle) => cycle.length > 0) ?? [];
}

test("every module belongs to a layer", () => {
  expect(MODULES.filter((file) => layerOf(file) === -1)).toEqual([]);
});

test("imports are found, also through the alias and in lazy imports", () => {
  expect(IMPORTS.get("app/routes.tsx")).toContain("features/stock/stock-list/StockListPage.tsx");
  expect(IMPORTS.get("app/shell/Shell.tsx")).toContain("app/crumbs.ts");
});

test("no module imports from a higher layer", () => {
  expect(violations((importer, imported) => layerOf(imported) <= layerOf(importer))).toEqual([]);
});

test("no module imports test helpers", () => {
  expect(violations((_, imported) => !inTesting(imported))).toEqual([]);
});

test("no feature imports from another feature", () => {
  const isSame = (one: string, other: string) => featureOf(one) === featureOf(other);

  expect(
    violations((importer, imported) => !featureOf(importer) || !featureOf(imported) || isSame(importer, imported)),
  ).toEqual([]);
});

test("no modules import each other in a circle, not even types", () => {
  expect(findCycle()).toEqual([]);
});

test("no folder has more than a dozen files", () => {
  const counts = new Map<string, number>();
  for (const file of FILES) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);

  expect([...counts].filter(([, count]) => count > FILES_OF_A_FOLDER_MAX)).toEqual([]);
});
