import type { Rolldown } from "vite";
import { expect, it } from "vitest";

import { firstLoadOf } from "./firstLoadLimit.ts";

function bundleOf(...chunks: Partial<Rolldown.OutputChunk>[]): Rolldown.OutputBundle {
  const entries = chunks.map((chunk) => {
    const fileName = `${chunk.name}.js`;
    return [fileName, { type: "chunk", fileName, imports: [], dynamicImports: [], isEntry: false, ...chunk }];
  });
  return Object.fromEntries(entries) as Rolldown.OutputBundle;
}

const BUNDLE = bundleOf(
  { name: "page", isEntry: true, imports: ["react.js"], dynamicImports: ["Overview.js", "Dialog.js"] },
  { name: "react" },
  { name: "Overview", imports: ["table.js"], dynamicImports: ["RunningOut.js"] },
  { name: "table" },
  { name: "RunningOut" },
  { name: "Dialog", imports: ["modal.js"] },
  { name: "modal" },
  { name: "reference", isEntry: true },
);

it("counts all that the entry imports, at once or lazily, except what loads later", () => {
  const first = firstLoadOf(BUNDLE, "page", /^Dialog$/);

  expect(first.map(({ name }) => name)).toEqual(["page", "react", "Overview", "table", "RunningOut"]);
});

it("names an entry that is missing", () => {
  expect(() => firstLoadOf(BUNDLE, "home", /^Dialog$/)).toThrow("The build has no entry home.");
});
