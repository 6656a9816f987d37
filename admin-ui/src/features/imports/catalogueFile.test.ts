import { File as ReadableFile } from "node:buffer";
import { expect, test, vi } from "vitest";

import { FILE_BYTES_MAX } from "@/api/limits";
import { readCatalogueFile } from "./catalogueFile";

vi.stubGlobal("File", ReadableFile); // jsdom's File cannot be read

const aFile = (content: BlobPart, name = "catalogue.csv") => new File([content], name);

test("a catalogue is read byte for byte", async () => {
  const read = await readCatalogueFile(aFile("product_id,name\r\nKIT-1,Théière\r\n"));

  expect(read).toHaveProperty("name", "catalogue.csv");
  expect(typeof read === "object" && (await read.text())).toBe("product_id,name\r\nKIT-1,Théière\r\n");
});

test("a file may have at most as many bytes as an import", async () => {
  const ofSize = (size: number) => Object.defineProperty(aFile("a"), "size", { value: size });

  expect(await readCatalogueFile(ofSize(FILE_BYTES_MAX))).toBeTypeOf("object");
  expect(await readCatalogueFile(ofSize(FILE_BYTES_MAX + 1))).toBe("too_large");
});

test("an empty file is not sent", async () => {
  expect(await readCatalogueFile(aFile(""))).toBe("empty");
});

test("a file of another encoding is not sent, because its letters would be lost", async () => {
  const latin1 = new Uint8Array([0x54, 0x68, 0xe9]);

  expect(await readCatalogueFile(aFile(latin1))).toBe("not_utf8");
});
