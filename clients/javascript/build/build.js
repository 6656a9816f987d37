/**
 * Writes what is committed as it is served: the two browser files, and the types.
 *
 *     node build/build.js            write them
 *     node build/build.js --check    fail if one of them is not current
 */

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { ADMIN_UI_BIN, PACKAGE, PROJECT, importTool } from "./toolbox.js";

const run = promisify(execFile);

const BUNDLES = { "inventory-widget.js": "src/widget/index.js", "api-client.js": "src/api-client.js" };
const TARGET = "es2022";

/** @param {string} name */
function banner(name) {
  return `/* ${name} of the Real-Time Inventory Check. Apache-2.0. Built from clients/javascript/src: make javascript */`;
}

/**
 * @param {string} name
 * @param {string} entry
 * @returns {Promise<string>}
 */
async function bundle(name, entry) {
  const { rolldown } = await importTool("rolldown", "vite");
  const build = await rolldown({ input: join(PACKAGE, entry), transform: { target: TARGET }, logLevel: "warn" });
  const { output } = await build.generate({ format: "es", minify: true, postBanner: banner(name) });
  await build.close();
  return output[0].code;
}

/** The types of the API: openapi-typescript reads the same document as API Gateway. */
async function apiTypes() {
  const target = join(await mkdtemp(join(tmpdir(), "types-")), "api.d.ts");
  await run(process.execPath, [
    join(ADMIN_UI_BIN, "openapi-typescript"),
    join(PROJECT, "api/openapi.yaml"),
    "--output",
    target,
  ]);
  const text = await readFile(target, "utf8");
  await rm(dirname(target), { recursive: true });
  return text;
}

/**
 * The declarations of the modules, from their comments.
 * @returns {Promise<Record<string, string>>} by their name below types/
 */
async function declarations() {
  const folder = await mkdtemp(join(PACKAGE, ".declarations-"));
  try {
    const options = [
      "--noEmit",
      "false",
      "--declaration",
      "--emitDeclarationOnly",
      "--rootDir",
      "src",
      "--outDir",
      folder,
    ];
    await run(
      process.execPath,
      [join(ADMIN_UI_BIN, "tsc"), "--project", "build/tsconfig.declarations.json", ...options],
      {
        cwd: PACKAGE,
      },
    );
    const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".d.ts"));
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? ""]));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @param {string} path */
async function current(path) {
  return readFile(join(PACKAGE, path), "utf8").catch(() => null);
}

/** @param {string} path @param {string} text */
async function write(path, text) {
  await mkdir(dirname(join(PACKAGE, path)), { recursive: true });
  await writeFile(join(PACKAGE, path), text);
}

const isCheck = process.argv.includes("--check");
/** @type {string[]} */
const stale = [];

/** @param {Record<string, string>} files */
async function settle(files) {
  for (const [path, text] of Object.entries(files)) {
    if ((await current(path)) === text) continue;
    stale.push(path);
    if (!isCheck) await write(path, text);
  }
}

await settle({ "types/api.d.ts": await apiTypes() }); // the declarations refer to them
for (const [name, entry] of Object.entries(BUNDLES)) await settle({ [name]: await bundle(name, entry) });
const declared = Object.fromEntries(
  Object.entries(await declarations()).map(([name, text]) => [`types/${name}`, text]),
);
await settle(declared);
for (const name of await readdir(join(PACKAGE, "types"), { recursive: true })) {
  if (!name.endsWith(".d.ts") || name === "api.d.ts" || `types/${name}` in declared) continue;
  stale.push(`types/${name}`);
  if (!isCheck) await rm(join(PACKAGE, "types", name));
}

for (const path of stale)
  console.log(isCheck ? `clients/javascript/${path} is not current. Run: make javascript` : `wrote ${path}`);
if (isCheck && stale.length > 0) process.exitCode = 1;
