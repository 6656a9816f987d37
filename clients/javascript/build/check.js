/** Checks types, lint, format, and that the committed files are current, with the tools of the admin page. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { ADMIN_UI_BIN, PACKAGE } from "./toolbox.js";

const CHECKS = [
  [join(ADMIN_UI_BIN, "tsc")],
  [join(ADMIN_UI_BIN, "eslint"), "--max-warnings", "0", "."],
  [join(ADMIN_UI_BIN, "prettier"), "--check", "--log-level", "warn", "."],
  ["build/build.js", "--check"],
];

for (const command of CHECKS) {
  const { status } = spawnSync(process.execPath, command, { cwd: PACKAGE, stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
