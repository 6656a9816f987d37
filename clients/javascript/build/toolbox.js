/** The development tools, which are those of the admin page: this package has no dependencies. */

import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

export const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
export const PROJECT = fileURLToPath(new URL("../../..", import.meta.url));
export const ADMIN_UI = new URL("../../../admin-ui/", import.meta.url);
export const ADMIN_UI_BIN = fileURLToPath(new URL("node_modules/.bin/", ADMIN_UI));

const ofAdminUi = createRequire(new URL("package.json", ADMIN_UI));

/**
 * Import a package of the admin page, or one that another of its packages depends on.
 * @param {string} name
 * @param {string} [dependent]
 * @returns {Promise<any>}
 */
export async function importTool(name, dependent) {
  const require = dependent ? createRequire(ofAdminUi.resolve(dependent)) : ofAdminUi;
  return import(pathToFileURL(require.resolve(name)).href);
}
