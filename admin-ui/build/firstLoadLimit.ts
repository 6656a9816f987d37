import { gzipSync } from "node:zlib";

import type { Plugin } from "vite";

/**
 * Fail the build if the first load is too large: all compressed JavaScript that a browser fetches to draw the first
 * page for a user who is already signed in.
 *
 * @param lazyModules the ends of the paths of the modules that this page loads lazily; the entry does not import them
 */
export function firstLoadLimit(lazyModules: readonly string[], limitKb: number): Plugin {
  return {
    name: "first-load-limit",
    apply: "build",
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === "chunk");
      const loaded = new Set(chunks.filter((chunk) => chunk.isEntry).map((chunk) => chunk.fileName));
      for (const module of lazyModules) {
        const chunk = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(module));
        if (chunk) loaded.add(chunk.fileName);
        else this.error(`The build has no ${module}.`);
      }
      for (const name of loaded) {
        chunks.find((chunk) => chunk.fileName === name)?.imports.forEach((imported) => loaded.add(imported));
      }

      const sizes = chunks
        .filter((chunk) => loaded.has(chunk.fileName))
        .map((chunk) => ({ name: chunk.fileName, kb: gzipSync(chunk.code).length / 1000 }))
        .sort((one, other) => other.kb - one.kb);
      const totalKb = sizes.reduce((sum, { kb }) => sum + kb, 0);
      const summary = `The first load is ${totalKb.toFixed(0)} KB of compressed JavaScript; the limit is ${limitKb} KB.`;
      if (totalKb > limitKb) {
        this.error([summary, ...sizes.map(({ name, kb }) => `${kb.toFixed(1).padStart(8)} KB  ${name}`)].join("\n"));
      }
      this.info(summary);
    },
  };
}
