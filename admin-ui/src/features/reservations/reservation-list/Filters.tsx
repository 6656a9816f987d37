import Select from "@cloudscape-design/components/select";
import Toggle from "@cloudscape-design/components/toggle";
import TokenGroup from "@cloudscape-design/components/token-group";

import { RESERVATION_STATUSES, type ReservationStatus } from "@/api/types";
import { SearchField } from "@/components/controls/SearchField";
import { text } from "@/i18n/text";
import styles from "./reservation-list.module.css";

export interface FilterValues {
  readonly status: ReservationStatus | "";
  /** A part of an id of a reservation, an order, a customer or a payment; empty for all. */
  readonly search: string;
  readonly product_id: string;
  /** Holds only: those that end first come first. */
  readonly sort: "held_until" | "";
}

/** Whether the list can be sorted by the end of its holds. */
export function hasEnds({ status, search }: Pick<FilterValues, "status" | "search">): boolean {
  return status === "HELD" && search === "";
}

interface FiltersProps {
  filters: FilterValues;
  onChange: (changes: Partial<FilterValues>) => void;
}

/** The filters of the list. The product filter is set by a link from a product's page, and can be removed here. */
export function Filters({ filters, onChange }: FiltersProps) {
  const options = [
    { value: "", label: text("reservations.filter.any_status") },
    ...RESERVATION_STATUSES.map((status) => ({ value: status, label: text(`reservation_status.${status}`) })),
  ];
  return (
    <div className={styles["filters"]}>
      <div className={styles["search"]}>
        <SearchField
          value={filters.search}
          label={text("reservations.filter.search")}
          onChange={(search) => {
            onChange({ search });
          }}
        />
      </div>
      <Select
        options={options}
        selectedOption={options.find(({ value }) => value === filters.status) ?? null}
        ariaLabel={text("reservations.filter.status")}
        onChange={({ detail }) => {
          onChange({ status: RESERVATION_STATUSES.find((status) => status === detail.selectedOption.value) ?? "" });
        }}
      />
      {hasEnds(filters) && (
        <Toggle
          checked={filters.sort !== ""}
          onChange={({ detail }) => {
            onChange({ sort: detail.checked ? "held_until" : "" });
          }}
        >
          {text("reservations.filter.ending")}
        </Toggle>
      )}
      {filters.product_id && (
        <TokenGroup
          items={[
            {
              label: text("reservations.filter.product", { product_id: filters.product_id }),
              dismissLabel: text("reservations.filter.product.remove"),
            },
          ]}
          onDismiss={() => {
            onChange({ product_id: "" });
          }}
        />
      )}
    </div>
  );
}
