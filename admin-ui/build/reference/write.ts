/** Writes the copy of the API's document for the check: node build/reference/write.ts FILE */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { readApiCopy } from "./sources.ts";

const [, , file] = process.argv;
if (!file) throw new Error("Name the file: node build/reference/write.ts FILE");
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, readApiCopy());
