import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

import type { Plugin } from "vite";

const COMPONENTS = resolve("node_modules/@cloudscape-design/components");
const CLASS = /\bawsui_[\w-]+/g; // as awsui_root_18582_1ltj9_145
const PROPERTY = /--[a-z][a-z0-9-]*-[a-z0-9]{6}(?![\w-])/g; // as --color-text-body-default-7v1jfn
const WITH_FALLBACK = /var\(\s*(--[\w-]+)\s*,/g;

/** Short names by the long ones. */
type Names = ReadonlyMap<string, string>;

/**
 * Give the classes and custom properties of Cloudscape short names in its styles and scripts, and leave out the
 * fallbacks of the properties that its theme always sets.
 *
 * Its own names contain hashes, which do not compress: they are two fifths of the styles. A short name depends only on
 * the installed version of Cloudscape, not on the rest of the build, and it replaces the long one before the bundler
 * computes the hashes in the names of the files. So no two builds have the same file with different names in it.
 */
export function shortNames(): Plugin {
  let names: Names;
  let themed: ReadonlySet<string>;
  return {
    name: "short-names",
    apply: "build",
    enforce: "pre",
    buildStart() {
      const styles = stylesOf(COMPONENTS);
      names = namesIn(styles);
      themed = themedBy(styles);
      if (names.size === 0 || themed.size === 0) this.error("The styles of Cloudscape have another form.");
    },
    transform: {
      filter: { code: /awsui_|--[a-z]/ },
      handler(code, id) {
        const needed = id.endsWith(".css") ? withoutFallbacks(code, themed) : code;
        return { code: shortened(needed, names), map: null };
      },
    },
  };
}

/** A short name for each class and for each custom property that has a hash, in the order in which they appear. */
export function namesIn(styles: string): Names {
  const numbered = (pattern: RegExp, prefix: string) =>
    [...new Set(styles.match(pattern))].map((name, number) => [name, prefix + number.toString(36)] as const);
  return new Map([...numbered(CLASS, "c"), ...numbered(PROPERTY, "--")]);
}

/** The custom properties that are set on the body, which all elements inherit. */
export function themedBy(styles: string): ReadonlySet<string> {
  const rules = styles.matchAll(/\bbody\s*\{([^}]*)\}/g);
  return new Set(
    [...rules].flatMap(([, rule = ""]) => [...rule.matchAll(/(--[\w-]+)\s*:/g)].map(([, name = ""]) => name)),
  );
}

export function shortened(code: string, names: Names): string {
  const short = (name: string) => names.get(name) ?? name;
  return code.replace(CLASS, short).replace(PROPERTY, short);
}

/** Without the second value of `var(--property, value)` where the property is always set. */
export function withoutFallbacks(css: string, set: ReadonlySet<string>): string {
  let result = "";
  let end = 0;
  for (const { 0: start, 1: name = "", index } of css.matchAll(WITH_FALLBACK)) {
    if (index < end || !set.has(name)) continue;
    result += `${css.slice(end, index)}var(${name}`;
    end = closingParenthesis(css, index + start.length);
  }
  return result + css.slice(end);
}

function closingParenthesis(css: string, from: number): number {
  let depth = 1;
  let position = from;
  for (; depth > 0 && position < css.length; position++) {
    if (css[position] === "(") depth++;
    if (css[position] === ")") depth--;
  }
  return position - 1;
}

/** The content of all style sheets in a folder, and of the modules that name their classes, in a fixed order. */
function stylesOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: "utf-8" }).filter((file) =>
    /\.css(\.js)?$/.test(file),
  );
  return files
    .toSorted()
    .map((file) => readFileSync(resolve(folder, file), "utf-8"))
    .join("\n");
}
