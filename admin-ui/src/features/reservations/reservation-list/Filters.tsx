import Select from "@cloudscape-design/components/select";
import TokenGroup from "@cloudscape-design/components/token-group";

import { RESERVATION_STATUSES, type ReservationStatus } from "@/api/types";
import { SearchField } from "@/components/controls/SearchField";
import { text } from "@/i18n/text";
import styles from "./reservation-list.module.css";

export interface Wanted {
  readonly status: ReservationStatus | "";
  /** A reservation's id or an order's, exactly; empty for all. */
  readonly search: string;
  readonly product_id: string;
}

interface FiltersProps {
  wanted: Wanted;
  onChange: (changes: Partial<Wanted>) => void;
}

/** What the list is narrowed to. A product comes by a link from its page, and can be taken away here. */
export function Filters({ wanted, onChange }: FiltersProps) {
  const options = [
    { value: "", label: text("reservations.filter.any_status") },
    ...RESERVATION_STATUSES.map((status) => ({ value: status, label: text(`reservation_status.${status}`) })),
  ];
  return (
    <div className={styles["filters"]}>
      <div className={styles["search"]}>
        <SearchField
          value={wanted.search}
          label={text("reservations.filter.search")}
          onChange={(search) => {
            onChange({ search });
          }}
        />
      </div>
      <Select
        options={options}
        selectedOption={options.find(({ value }) => value === wanted.status) ?? null}
        ariaLabel={text("reservations.filter.status")}
        onChange={({ detail }) => {
          onChange({ status: RESERVATION_STATUSES.find((status) => status === detail.selectedOption.value) ?? "" });
        }}
      />
      {wanted.product_id && (
        <TokenGroup
          items={[
            {
              label: text("reservations.filter.product", { product_id: wanted.product_id }),
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
