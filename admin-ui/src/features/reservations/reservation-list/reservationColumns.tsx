import type { TableProps } from "@cloudscape-design/components/table";

import { lineName } from "@/api/levels/levelKey";
import type { Reservation } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { Detail } from "@/components/values/Detail";
import { Identifier } from "@/components/values/Identifier";
import { ProductName } from "@/components/values/ProductName";
import { Quantity } from "@/components/values/Quantity";
import { ReservationStatusIndicator } from "@/components/values/ReservationStatusIndicator";
import { Time } from "@/components/values/Time";
import { text } from "@/i18n/text";
import { productPage, reservationPage } from "@/lib/identifiers/addresses";
import { unitsOf } from "@/lib/units";
import { outcomeOf } from "../outcome";
import { TimeLeft } from "../TimeLeft";
import styles from "./reservation-list.module.css";

const LINES_SHOWN = 2;

type Column = TableProps.ColumnDefinition<Reservation>;

/** The columns of the list. On a phone, what has no room beside the status is below the reservation. */
export function reservationColumns(isNarrow: boolean): readonly Column[] {
  const own: readonly Column[] = [
    {
      id: "reservation",
      header: text("reservations.column.reservation"),
      isRowHeader: true,
      cell: (reservation) => (
        <div className={styles["id"]}>
          <RouterLink to={reservationPage(reservation)}>{reservation.reservation_id}</RouterLink>
          {isNarrow && <Below of={reservation} />}
        </div>
      ),
    },
    {
      id: "status",
      header: text("reservations.column.status"),
      minWidth: 100,
      cell: (reservation) => <Status of={reservation} />,
    },
    {
      id: "units",
      header: text("reservations.column.units"),
      cell: ({ lines }) => <Quantity value={unitsOf(lines)} />,
    },
  ];
  return isNarrow ? own : [...own, ...moreColumns()];
}

function moreColumns(): readonly Column[] {
  return [
    {
      id: "lines",
      header: text("reservations.column.lines"),
      cell: ({ lines }) => <LinesShown lines={lines} />,
    },
    {
      id: "order",
      header: text("reservations.column.order"),
      cell: ({ order_id, customer_id }) => (
        <div className={styles["ids"]}>
          {order_id ?? "—"}
          {customer_id !== null && <Detail>{customer_id}</Detail>}
        </div>
      ),
    },
    {
      id: "times",
      header: text("reservations.column.times"),
      cell: ({ created_at, decided_at }) => (
        <>
          <Time value={created_at} isFocusable={false} />
          {decided_at !== null && (
            <Detail>
              <Time value={decided_at} isFocusable={false} />
            </Detail>
          )}
        </>
      ),
    },
  ];
}

/** The order, the customer, the lines and the time of a reservation. */
function Below({ of: { order_id, customer_id, lines, decided_at, created_at } }: { of: Reservation }) {
  return (
    <Detail>
      {order_id !== null && <div>{text("search.order", { order_id })}</div>}
      {customer_id !== null && <div>{text("search.customer", { customer_id })}</div>}
      <LinesShown lines={lines} />
      <Time value={decided_at ?? created_at} isFocusable={false} />
    </Detail>
  );
}

/** The status, and below it the outcome or the remaining time. */
function Status({ of: reservation }: { of: Reservation }) {
  const outcome = outcomeOf(reservation);
  return (
    <div>
      <ReservationStatusIndicator status={reservation.status} />
      {outcome !== null && outcome !== "SOLD" && <Detail>{text(`reservation.outcome.${outcome}`)}</Detail>}
      {reservation.status === "HELD" && reservation.held_until !== null && (
        <Detail>
          <TimeLeft until={reservation.held_until} />
        </Detail>
      )}
    </div>
  );
}

function LinesShown({ lines }: Pick<Reservation, "lines">) {
  const more = lines.length - LINES_SHOWN;
  return (
    <div>
      {lines.slice(0, LINES_SHOWN).map((line) => (
        <div key={lineName(line)}>
          <RouterLink to={productPage(line.product_id)}>
            <Identifier value={line.product_id} />
          </RouterLink>{" "}
          × <Quantity value={line.quantity} />
          <ProductName product_id={line.product_id} />
        </div>
      ))}
      {more > 0 && <Detail>{text("reservations.more_lines", { count: more })}</Detail>}
    </div>
  );
}
