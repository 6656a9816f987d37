import { brotliCompressSync, constants } from "node:zlib";

import type { Plugin, Rolldown } from "vite";

const QUALITY = 5; // as CloudFront compresses, which answers Brotli to every browser

interface Limits {
  /** The name of the entry in the build's input. */
  readonly entry: string;
  /** The ends of the paths of the modules that the first page loads lazily; the entry does not import them. */
  readonly lazyModules: readonly string[];
  readonly scriptsKb: number;
  readonly stylesKb: number;
}

/**
 * Fail the build if the first load is too large: all compressed JavaScript and styles that a browser fetches to sign a
 * user in and to draw the first page.
 */
export function firstLoadLimit({ entry, lazyModules, scriptsKb, stylesKb }: Limits): Plugin {
  return {
    name: "first-load-limit",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === "chunk");
      const loaded = new Set(
        chunks.filter(({ isEntry, name }) => isEntry && name === entry).map((chunk) => chunk.fileName),
      );
      for (const module of lazyModules) {
        const chunk = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(module));
        if (chunk) loaded.add(chunk.fileName);
        else this.error(`The build has no ${module}.`);
      }
      for (const name of loaded) {
        chunks.find((chunk) => chunk.fileName === name)?.imports.forEach((imported) => loaded.add(imported));
      }

      const first = chunks.filter((chunk) => loaded.has(chunk.fileName));
      const scripts = first.map((chunk) => ({ name: chunk.fileName, kb: compressedKb(chunk.code) }));
      const styles = [...new Set(first.flatMap(stylesOf))].map((name) => ({ name, kb: sizeOf(bundle[name]) }));
      for (const [what, files, limitKb] of [
        ["JavaScript", scripts, scriptsKb],
        ["styles", styles, stylesKb],
      ] as const) {
        const totalKb = files.reduce((sum, { kb }) => sum + kb, 0);
        const summary = `The first load is ${totalKb.toFixed(0)} KB of compressed ${what}; the limit is ${limitKb} KB.`;
        if (totalKb > limitKb) {
          const largest = files.toSorted((one, other) => other.kb - one.kb);
          this.error(
            [summary, ...largest.map(({ name, kb }) => `${kb.toFixed(1).padStart(8)} KB  ${name}`)].join("\n"),
          );
        }
        this.info(summary);
      }
    },
  };
}

function stylesOf(chunk: Rolldown.OutputChunk): string[] {
  return [...(chunk.viteMetadata?.importedCss ?? [])];
}

function sizeOf(output: Rolldown.OutputAsset | Rolldown.OutputChunk | undefined): number {
  return output?.type === "asset" ? compressedKb(output.source) : 0;
}

function compressedKb(content: string | Uint8Array): number {
  return brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } }).length / 1000;
}
