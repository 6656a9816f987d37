import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Table, { type TableProps } from "@cloudscape-design/components/table";

import { useListFailedExecutions } from "@/api/reservations/listExecutions";
import type { FailedExecution } from "@/api/types";
import { LoadMore } from "@/components/controls/LoadMore";
import { RouterLink } from "@/components/controls/RouterLink";
import { SearchField } from "@/components/controls/SearchField";
import { BusyList } from "@/components/feedback/BusyList";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { PageHeader } from "@/components/page/PageHeader";
import { Identifier } from "@/components/values/Identifier";
import { Time } from "@/components/values/Time";
import { identifier, useUrlState } from "@/hooks/useUrlState";
import { text } from "@/i18n/text";
import { reservationPage } from "@/lib/identifiers/addresses";
import { FailureCause } from "./FailureCause";
import { whatToDoAbout } from "./whatToDo";

const FIELDS = { order_id: identifier };

/** The executions that failed, for the person who looks for an order that never became a reservation. */
export function ExecutionListPage() {
  const [{ order_id }, setFilter] = useUrlState(FIELDS);
  const executions = useListFailedExecutions(order_id || undefined);
  const items = executions.data?.items ?? [];
  return (
    <ContentLayout
      header={
        <PageHeader
          title={text("executions.title")}
          description={text("executions.what")}
          asOf={executions.dataUpdatedAt}
        />
      }
    >
      <BusyList
        isBusy={executions.isPlaceholderData}
        announcement={executions.isPending ? "" : text("list.loaded", { count: items.length })}
      >
        <Table
          variant="container"
          stickyHeader
          wrapLines
          cellVerticalAlign="top"
          ariaLabels={{ tableLabel: text("executions.title") }}
          filter={
            <SearchField
              value={order_id}
              label={text("executions.filter.order")}
              min={1}
              onChange={(order_id) => setFilter({ order_id })}
            />
          }
          items={items}
          trackBy="execution_name"
          columnDefinitions={columns()}
          loading={executions.isPending}
          loadingText={text("loading")}
          empty={
            executions.isError ? (
              <ErrorState error={executions.error} onRetry={() => void executions.refetch()} />
            ) : executions.hasNextPage ? (
              <EmptyState title={text("list.none_yet")}>{text("list.none_yet.why")}</EmptyState>
            ) : order_id ? (
              <EmptyState
                title={text("executions.none_found")}
                action={<Button onClick={() => setFilter({ order_id: "" })}>{text("executions.filter.clear")}</Button>}
              >
                {text("executions.none_found.why")}
              </EmptyState>
            ) : (
              <EmptyState title={text("executions.none")}>{text("executions.none.why")}</EmptyState>
            )
          }
          footer={
            !executions.isPlaceholderData &&
            (items.length > 0 || executions.hasNextPage) && <LoadMore count={items.length} {...executions} />
          }
        />
      </BusyList>
    </ContentLayout>
  );
}

function columns(): TableProps.ColumnDefinition<FailedExecution>[] {
  return [
    {
      id: "execution",
      header: text("executions.column.execution"),
      isRowHeader: true,
      minWidth: 150,
      cell: ({ execution_name, reservation_id }) => (
        <RouterLink to={reservationPage({ reservation_id, execution_name })}>
          <Identifier value={reservation_id} />
        </RouterLink>
      ),
    },
    {
      id: "order",
      header: text("executions.column.order"),
      minWidth: 120,
      cell: ({ order_id }) => (order_id === null ? "—" : <Identifier value={order_id} />),
    },
    {
      id: "failed_at",
      header: text("executions.column.failed_at"),
      minWidth: 130,
      cell: ({ failed_at }) => <Time value={failed_at} isFocusable={false} />,
    },
    {
      id: "error",
      header: text("executions.column.error"),
      minWidth: 260,
      cell: ({ status, error, cause }) => (
        <>
          <Box variant="strong">{error ?? text(`execution_status.${status}`)}</Box>
          <FailureCause cause={cause} isShort />
          <Box fontSize="body-s">{text(`execution.to_do.${whatToDoAbout({ error, status })}`)}</Box>
        </>
      ),
    },
  ];
}
