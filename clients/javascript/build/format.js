/** Formats the code with the admin page's formatter. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { ADMIN_UI_BIN, PACKAGE } from "./toolbox.js";

const command = [join(ADMIN_UI_BIN, "prettier"), "--write", "--log-level", "warn", "."];
process.exitCode = spawnSync(process.execPath, command, { cwd: PACKAGE, stdio: "inherit" }).status ?? 1;
