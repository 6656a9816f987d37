import type { CollectionPreferencesProps } from "@cloudscape-design/components/collection-preferences";

/** Which columns of a table are shown, in which order. */
export type Display = readonly CollectionPreferencesProps.ContentDisplayItem[];

// The id stands below the name anyhow; the others leave the numbers their place on a screen of usual width.
const HIDDEN_AT_FIRST = ["product_id", "category", "reserved", "updated_at"];

/** What somebody chose, for the columns that there are today. */
export function displayOf(kept: Display, columns: readonly string[]): Display {
  const known = kept.filter(({ id }) => columns.includes(id));
  const added = columns.filter((column) => !known.some(({ id }) => id === column));
  return [...known, ...added.map((id) => ({ id, visible: !HIDDEN_AT_FIRST.includes(id) }))];
}
