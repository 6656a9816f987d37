import { brotliCompressSync, constants } from "node:zlib";

import type { Plugin, Rolldown } from "vite";

const QUALITY = 5; // as CloudFront compresses, which answers Brotli to every browser

interface Limits {
  /** The name of the entry in the build's input. */
  readonly entry: string;
  /**
   * The names of the chunks that load only after the user has done something. Everything else that the entry imports,
   * at once or lazily, counts.
   */
  readonly loadedLater: RegExp;
  readonly scriptsKb: number;
  readonly stylesKb: number;
}

type Bundle = Rolldown.OutputBundle;

/**
 * Fail the build if the first load is too large: all compressed JavaScript and styles that a browser fetches to sign a
 * user in and to draw the first page.
 */
export function firstLoadLimit({ entry, loadedLater, scriptsKb, stylesKb }: Limits): Plugin {
  return {
    name: "first-load-limit",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post", // the chunks then have the list of the files that they preload
      handler(_, bundle) {
        const first = firstLoadOf(bundle, entry, loadedLater);
        const scripts = first.map((chunk) => ({ name: chunk.fileName, kb: compressedKb(chunk.code) }));
        const styles = [...new Set(first.flatMap(stylesOf))].map((name) => ({ name, kb: sizeOf(bundle[name]) }));
        for (const [what, files, limitKb] of [
          ["JavaScript", scripts, scriptsKb],
          ["styles", styles, stylesKb],
        ] as const) {
          const totalKb = files.reduce((sum, { kb }) => sum + kb, 0);
          const summary = `The first load is ${totalKb.toFixed(1)} KB of compressed ${what}; the limit is ${limitKb} KB.`;
          if (totalKb > limitKb) {
            const largest = files.toSorted((one, other) => other.kb - one.kb);
            this.error(
              [summary, ...largest.map(({ name, kb }) => `${kb.toFixed(1).padStart(8)} KB  ${name}`)].join("\n"),
            );
          }
          this.info(summary);
        }
      },
    },
  };
}

/** The chunks of the first load: the entry, what it imports, and what these import lazily before the user acts. */
export function firstLoadOf(bundle: Bundle, entry: string, loadedLater: RegExp): Rolldown.OutputChunk[] {
  const chunks = Object.values(bundle).filter((output) => output.type === "chunk");
  const chunkOf = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const start = chunks.find(({ isEntry, name }) => isEntry && name === entry);
  if (!start) throw new Error(`The build has no entry ${entry}.`);

  const first = new Set([start]);
  for (const { imports, dynamicImports } of first) {
    const soon = dynamicImports.filter((name) => !loadedLater.test(chunkOf.get(name)?.name ?? ""));
    for (const name of [...imports, ...soon]) {
      const chunk = chunkOf.get(name);
      if (chunk) first.add(chunk);
    }
  }
  return [...first];
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
