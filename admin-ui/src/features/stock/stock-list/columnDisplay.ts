import type { CollectionPreferencesProps } from "@cloudscape-design/components/collection-preferences";

/** The columns of a table in their order, each visible or hidden. */
export type ColumnDisplay = readonly CollectionPreferencesProps.ContentDisplayItem[];

// The name column already shows the product id. The other columns would leave too little space for the numbers.
const HIDDEN_BY_DEFAULT = ["product_id", "category", "reserved", "allocated", "updated_at"];

/** The stored preference, applied to the columns that exist today. */
export function columnDisplay(stored: ColumnDisplay, columns: readonly string[]): ColumnDisplay {
  const known = stored.filter(({ id }) => columns.includes(id));
  const added = columns.filter((column) => !known.some(({ id }) => id === column));
  return [...known, ...added.map((id) => ({ id, visible: !HIDDEN_BY_DEFAULT.includes(id) }))];
}
