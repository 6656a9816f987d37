import type { Plugin } from "vite";

const CHOICE = "/@cloudscape-design/components/app-layout/internal.js";

/**
 * Build only the app layout that the page has. Cloudscape has three and chooses at run time, although in its public
 * packages the choice is always the same: the classic one is of its old design, and the one with a toolbar is for the
 * AWS console.
 */
export function oneAppLayout(): Plugin {
  let isChosen = false;
  return {
    name: "one-app-layout",
    apply: "build",
    enforce: "pre",
    transform: {
      filter: { id: { include: `**${CHOICE}` } },
      handler(code) {
        isChosen = true;
        return { code: chosen(code), map: null };
      },
    },
    buildEnd(error) {
      if (!error && !isChosen) this.error(`The build has no ${CHOICE}.`);
    },
  };
}

/** The module that chooses a layout, with one layout. */
export function chosen(code: string): string {
  const layouts = [...code.matchAll(/^import \w+AppLayout from '(.+)';$/gm)].map(([, path]) => path);
  if (String(layouts) !== "./classic,./visual-refresh,./visual-refresh-toolbar") {
    throw new Error(`Cloudscape has other app layouts: ${layouts.join(", ")}. Look at the ones that the page needs.`);
  }
  return 'export { default as AppLayoutInternal } from "./visual-refresh";';
}
