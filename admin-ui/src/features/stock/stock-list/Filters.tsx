import Select from "@cloudscape-design/components/select";

import { useFilterValues } from "@/api/read-model/getOverview";
import { SearchField } from "@/components/controls/SearchField";
import { text } from "@/i18n/text";
import styles from "./stock-list.module.css";
import { type FilterValues, STATUS_FILTERS } from "./useLevelView";

interface FiltersProps {
  filters: FilterValues;
  onChange: (changes: Partial<FilterValues>) => void;
}

/** The filters of the list. */
export function Filters({ filters, onChange }: FiltersProps) {
  const { categories, warehouses } = useFilterValues();
  return (
    <div className={styles["filters"]}>
      <SearchField
        value={filters.search}
        label={text("stock.filter.search")}
        onChange={(search) => {
          onChange({ search });
        }}
      />
      <Choice
        label={text("stock.filter.status")}
        any={text("stock.filter.any_status")}
        value={filters.status}
        options={STATUS_FILTERS.map((status) => ({
          value: status,
          label: text(status === "RETIRED" ? "stock.retired" : `stock_status.${status}`),
        }))}
        onChange={(value) => {
          onChange({ status: STATUS_FILTERS.find((status) => status === value) ?? "" });
        }}
      />
      <Choice
        label={text("stock.filter.category")}
        any={text("stock.filter.any_category")}
        value={filters.category}
        options={categories.map((category) => ({ value: category }))}
        onChange={(category) => {
          onChange({ category });
        }}
      />
      <Choice
        label={text("stock.filter.warehouse")}
        any={text("stock.filter.any_warehouse")}
        value={filters.warehouse_id}
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
  /** The label of the option without a filter. */
  any: string;
  value: string;
  options: readonly { value: string; label?: string }[];
  onChange: (value: string) => void;
}

const SEARCHABLE_ABOVE = 10; // a longer list of options has a search field

function Choice({ label, any, value, options, onChange }: ChoiceProps) {
  const all = [{ value: "", label: any }, ...options];
  return (
    <Select
      ariaLabel={label}
      options={all}
      // A link can set a value that is not among the options.
      selectedOption={all.find((option) => option.value === value) ?? { value }}
      filteringType={options.length > SEARCHABLE_ABOVE ? "auto" : "none"}
      expandToViewport
      onChange={({ detail }) => {
        onChange(detail.selectedOption.value ?? "");
      }}
    />
  );
}
