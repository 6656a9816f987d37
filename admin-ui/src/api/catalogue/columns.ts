/** The columns that a catalogue CSV must have. */
export const CATALOGUE_COLUMNS = [
  "product_id",
  "warehouse_id",
  "name",
  "category",
  "on_hand",
  "low_stock_threshold",
] as const;

/** The columns of an export. The last two say what was exported, so that an import does not undo sales made since. */
export const EXPORT_COLUMNS = [...CATALOGUE_COLUMNS, "on_hand_was", "as_of"] as const;
