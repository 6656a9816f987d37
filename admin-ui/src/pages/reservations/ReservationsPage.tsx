import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Table from "@cloudscape-design/components/table";

import { useReservations } from "../../api/reservations";
import { RESERVATION_STATUSES } from "../../api/types";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { LoadMore } from "../../components/LoadMore";
import { PageHeader } from "../../components/PageHeader";
import { anyText, oneOf, useUrlState } from "../../components/useUrlState";
import { text } from "../../texts/text";
import { reservationColumns } from "./columns";
import { Filters } from "./Filters";

const FIELDS = { status: oneOf(RESERVATION_STATUSES, ""), search: anyText, product_id: anyText };
const EVERYTHING = { status: "", search: "", product_id: "" } as const;

/** Reservations: the active ones, then what became of the others, the latest first. */
export function ReservationsPage() {
  const [wanted, want] = useUrlState(FIELDS);
  const reservations = useReservations({
    status: wanted.status || undefined,
    search: wanted.search || undefined,
    product_id: wanted.product_id || undefined,
  });
  const items = reservations.data?.items ?? [];
  const isNarrowed = Object.values(wanted).some(Boolean);
  const showAll = () => {
    want(EVERYTHING);
  };

  return (
    <ContentLayout header={<PageHeader title={text("reservations.title")} asOf={reservations.dataUpdatedAt} />}>
      <Table
        variant="container"
        stickyHeader
        cellVerticalAlign="top"
        ariaLabels={{ tableLabel: text("reservations.title") }}
        filter={<Filters wanted={wanted} onChange={want} />}
        items={items}
        trackBy="reservation_id"
        columnDefinitions={reservationColumns()}
        stickyColumns={{ first: 1 }}
        loading={reservations.isPending || reservations.isPlaceholderData}
        loadingText={text("loading")}
        empty={
          reservations.isError ? (
            <ErrorState error={reservations.error} onRetry={() => void reservations.refetch()} />
          ) : reservations.hasNextPage ? (
            <EmptyState title={text("list.none_yet")}>{text("list.none_yet.why")}</EmptyState>
          ) : isNarrowed ? (
            <EmptyState
              title={text("reservations.none_found")}
              action={<Button onClick={showAll}>{text("reservations.filter.clear")}</Button>}
            >
              {wanted.search && text("reservations.none_found.exact")}
            </EmptyState>
          ) : (
            <EmptyState title={text("reservations.none")}>{text("reservations.none.why")}</EmptyState>
          )
        }
        footer={(items.length > 0 || reservations.hasNextPage) && <LoadMore count={items.length} {...reservations} />}
      />
    </ContentLayout>
  );
}
