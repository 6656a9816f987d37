import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

import type { Plugin } from "vite";

const INLINE_FONT = /url\('data:font\/woff2;base64,([^']+)'\)/g;
const FONTS = resolve("node_modules/.cache/fonts");

/**
 * Move the fonts that Cloudscape inlines in its style sheet into files.
 *
 * Browsers then load only the fonts whose letters are on the page, the first paint does not wait for them, and the
 * content security policy needs no exception.
 */
export function fontsAsFiles(): Plugin {
  return {
    name: "fonts-as-files",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("global-styles/index.css")) return null;
      mkdirSync(FONTS, { recursive: true });
      return { code: code.replace(INLINE_FONT, (_, base64: string) => `url('${writeFont(base64)}')`), map: null };
    },
  };
}

function writeFont(base64: string): string {
  const font = Buffer.from(base64, "base64");
  const file = resolve(FONTS, `open-sans-${createHash("sha256").update(font).digest("hex").slice(0, 8)}.woff2`);
  writeFileSync(file, font);
  return file;
}
