import { CATALOGUE_COLUMNS } from "@/api/catalogue/columns";
import { FILE_BYTES_MAX } from "@/api/limits";
import { toCsv } from "@/lib/files/csv";

/** A file with the header only. An example row would sooner or later be loaded by mistake. */
export const TEMPLATE = toCsv([CATALOGUE_COLUMNS]);

/** Why a file is not sent to the API. */
export type FileError = "too_large" | "empty" | "not_utf8" | "unreadable";

/**
 * Read a file into memory, or say why it cannot be a catalogue.
 *
 * The copy in memory is both checked and loaded, so that the two are the same even if the file changes on the disk.
 */
export async function readCatalogueFile(file: File): Promise<File | FileError> {
  if (file.size > FILE_BYTES_MAX) return "too_large";
  if (file.size === 0) return "empty";
  try {
    const bytes = await file.arrayBuffer();
    return isUtf8(bytes) ? new File([bytes], file.name, { type: "text/csv" }) : "not_utf8";
  } catch {
    return "unreadable"; // it was moved, or the user may not read it
  }
}

function isUtf8(bytes: ArrayBuffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
