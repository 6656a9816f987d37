import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs, { type KeyValuePairsProps } from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { Reservation } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { CopyableId } from "@/components/values/CopyableId";
import { ReservationStatusIndicator } from "@/components/values/ReservationStatusIndicator";
import { Time } from "@/components/values/Time";
import { text } from "@/i18n/text";
import { timelineOf } from "@/lib/identifiers/addresses";
import { outcomeOf } from "../outcome";
import { TimeLeft } from "../TimeLeft";

/** A reservation's status, its ids and its times. */
export function Facts({ reservation }: { reservation: Reservation }) {
  const outcome = outcomeOf(reservation);
  return (
    <Container header={<Header variant="h2">{text("reservation.facts")}</Header>}>
      <SpaceBetween size="l">
        <SpaceBetween size="xxs">
          <ReservationStatusIndicator status={reservation.status} />
          <div>
            {text(outcome ? `reservation.explanation.${outcome}` : `reservation.now.${activeStatus(reservation)}`)}
          </div>
        </SpaceBetween>
        <KeyValuePairs columns={2} minColumnWidth={190} items={factsOf(reservation)} />
      </SpaceBetween>
    </Container>
  );
}

function activeStatus({ status }: Reservation): "HELD" | "PAID" {
  return status === "PAID" ? "PAID" : "HELD";
}

function factsOf(reservation: Reservation): KeyValuePairsProps.Item[] {
  const { reservation_id, order_id, customer_id, payment_reference, released_by, release_note } = reservation;
  const idItem = (label: string, value: string | null) => ({
    label,
    value: <CopyableId value={value} label={label} />,
  });
  return [
    idItem(text("reservation.id"), reservation_id),
    idItem(text("reservation.order"), order_id),
    idItem(text("reservation.customer"), customer_id),
    idItem(text("reservation.payment"), payment_reference),
    { label: text("reservation.created_at"), value: <Time value={reservation.created_at} /> },
    reservation.status === "HELD" && reservation.held_until !== null
      ? { label: text("reservation.held_until"), value: <HeldUntil until={reservation.held_until} /> }
      : { label: text("reservation.decided_at"), value: <Time value={reservation.decided_at} /> },
    ...(order_id === null
      ? []
      : [
          {
            label: text("reservation.same_order"),
            value: <RouterLink to={timelineOf({ order_id })}>{text("reservation.timeline.show")}</RouterLink>,
          },
        ]),
    ...(customer_id === null
      ? []
      : [
          {
            label: text("reservation.same_customer"),
            value: <RouterLink to={timelineOf({ customer_id })}>{text("reservation.timeline.show")}</RouterLink>,
          },
        ]),
    ...(released_by === null
      ? []
      : [
          { label: text("reservation.released_by"), value: released_by },
          { label: text("reservation.release_note"), value: release_note ?? "—" },
        ]),
  ];
}

function HeldUntil({ until }: { until: string }) {
  return (
    <SpaceBetween size="xxs">
      <Time value={until} />
      <TimeLeft until={until} />
    </SpaceBetween>
  );
}
