/** The columns of a catalogue CSV, the same for an import and an export. */
export const CATALOGUE_COLUMNS = [
  "product_id",
  "warehouse_id",
  "name",
  "category",
  "on_hand",
  "low_stock_threshold",
] as const;
