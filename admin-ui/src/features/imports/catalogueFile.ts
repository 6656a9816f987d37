import { FILE_BYTES_MAX } from "@/api/limits";

/** The columns of a catalogue, as events/catalogue.csv and every export have them. */
export const COLUMNS = ["product_id", "warehouse_id", "name", "category", "on_hand", "low_stock_threshold"] as const;

/** A file to begin with. It has no example row: somebody would leave it in, and load it. */
export const TEMPLATE = `${COLUMNS.join(",")}\r\n`;

/** Why a file is not even sent. */
export type Unfit = "too_large" | "empty" | "not_utf8" | "unreadable";

/**
 * Read a file that somebody chose, unless it cannot be a catalogue anyhow. The copy stays as it is: what is checked is
 * what is loaded, whatever happens to the file on the disk.
 */
export async function readCatalogueFile(file: File): Promise<File | Unfit> {
  if (file.size > FILE_BYTES_MAX) return "too_large";
  if (file.size === 0) return "empty";
  try {
    const bytes = await file.arrayBuffer();
    return isUtf8(bytes) ? new File([bytes], file.name, { type: "text/csv" }) : "not_utf8";
  } catch {
    return "unreadable"; // it was moved, or may not be read
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
