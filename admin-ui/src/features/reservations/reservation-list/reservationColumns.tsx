import Box from "@cloudscape-design/components/box";
import type { TableProps } from "@cloudscape-design/components/table";

import { lineName } from "@/api/levels/levelKey";
import type { Reservation } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
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

/** The columns of the list. */
export function reservationColumns(): readonly TableProps.ColumnDefinition<Reservation>[] {
  return [
    {
      id: "reservation",
      header: text("reservations.column.reservation"),
      isRowHeader: true,
      cell: ({ reservation_id, execution_name }) => (
        <div className={styles["id"]}>
          <RouterLink to={reservationPage({ reservation_id, execution_name })}>{reservation_id}</RouterLink>
        </div>
      ),
    },
    { id: "status", header: text("reservations.column.status"), cell: (reservation) => <Status of={reservation} /> },
    {
      id: "units",
      header: text("reservations.column.units"),
      cell: ({ lines }) => <Quantity value={unitsOf(lines)} />,
    },
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
          {customer_id !== null && (
            <Box color="text-body-secondary" fontSize="body-s">
              {customer_id}
            </Box>
          )}
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
            <Box color="text-body-secondary" fontSize="body-s">
              <Time value={decided_at} isFocusable={false} />
            </Box>
          )}
        </>
      ),
    },
  ];
}

/** The status, and below it the outcome or the remaining time. */
function Status({ of: reservation }: { of: Reservation }) {
  const outcome = outcomeOf(reservation);
  return (
    <div>
      <ReservationStatusIndicator status={reservation.status} />
      {outcome !== null && outcome !== "SOLD" && (
        <Box color="text-body-secondary" fontSize="body-s">
          {text(`reservation.outcome.${outcome}`)}
        </Box>
      )}
      {reservation.status === "HELD" && reservation.held_until !== null && (
        <Box color="text-body-secondary" fontSize="body-s">
          <TimeLeft until={reservation.held_until} />
        </Box>
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
      {more > 0 && (
        <Box color="text-body-secondary" fontSize="body-s">
          {text("reservations.more_lines", { count: more })}
        </Box>
      )}
    </div>
  );
}
