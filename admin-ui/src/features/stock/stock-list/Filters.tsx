import Select from "@cloudscape-design/components/select";

import { TEXT_LENGTH_MAX } from "@/api/limits";
import { useFilterValues } from "@/api/overview/getOverview";
import { STOCK_STATUSES } from "@/api/types";
import { SearchField } from "@/components/controls/SearchField";
import { text } from "@/i18n/text";
import styles from "./stock-list.module.css";
import type { Wanted } from "./useLevelView";

interface FiltersProps {
  wanted: Wanted;
  onChange: (changes: Partial<Wanted>) => void;
}

/** What the list is narrowed to. */
export function Filters({ wanted, onChange }: FiltersProps) {
  const { categories, warehouses } = useFilterValues();
  return (
    <div className={styles["filters"]}>
      <SearchField
        value={wanted.search}
        label={text("stock.filter.search")}
        onChange={(search) => {
          onChange({ search: search.slice(0, TEXT_LENGTH_MAX) });
        }}
      />
      <Choice
        label={text("stock.filter.status")}
        any={text("stock.filter.any_status")}
        value={wanted.status}
        options={STOCK_STATUSES.map((status) => ({ value: status, label: text(`stock_status.${status}`) }))}
        onChange={(value) => {
          onChange({ status: STOCK_STATUSES.find((status) => status === value) ?? "" });
        }}
      />
      <Choice
        label={text("stock.filter.category")}
        any={text("stock.filter.any_category")}
        value={wanted.category}
        options={categories.map((category) => ({ value: category }))}
        onChange={(category) => {
          onChange({ category });
        }}
      />
      <Choice
        label={text("stock.filter.warehouse")}
        any={text("stock.filter.any_warehouse")}
        value={wanted.warehouse_id}
        options={warehouses.map((warehouse_id) => ({ value: warehouse_id }))}
        onChange={(warehouse_id) => {
          onChange({ warehouse_id });
        }}
      />
    </div>
  );
}

interface ChoiceProps {
  label: string;
  /** What stands there when nothing is chosen. */
  any: string;
  value: string;
  options: readonly { value: string; label?: string }[];
  onChange: (value: string) => void;
}

const MANY = 10; // from here on one would rather type than look

function Choice({ label, any, value, options, onChange }: ChoiceProps) {
  const all = [{ value: "", label: any }, ...options];
  return (
    <Select
      ariaLabel={label}
      options={all}
      // What a link asks for stands there, even when there is no such thing.
      selectedOption={all.find((option) => option.value === value) ?? { value }}
      filteringType={options.length > MANY ? "auto" : "none"}
      expandToViewport
      onChange={({ detail }) => {
        onChange(detail.selectedOption.value ?? "");
      }}
    />
  );
}
