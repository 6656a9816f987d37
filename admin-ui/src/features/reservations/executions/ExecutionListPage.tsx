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
import { Detail } from "@/components/values/Detail";
import { Identifier } from "@/components/values/Identifier";
import { Time } from "@/components/values/Time";
import { useIsNarrow } from "@/hooks/useIsNarrow";
import { identifier, useUrlState } from "@/hooks/useUrlState";
import { text } from "@/i18n/text";
import { reservationPage } from "@/lib/identifiers/addresses";
import { FailureCause } from "./FailureCause";
import { whatToDoAbout } from "./whatToDo";

const FIELDS = { order_id: identifier };

/** The executions that failed, for the person who looks for an order that never became a reservation. */
export function ExecutionListPage() {
  const [{ order_id }, setFilter] = useUrlState(FIELDS);
  const isNarrow = useIsNarrow();
  const executions = useListFailedExecutions(order_id || undefined);
  const items = executions.data?.items ?? [];
  return (
    <ContentLayout
      header={
        <PageHeader
          title={text("executions.title")}
          description={text("executions.what")}
          asOf={executions.dataUpdatedAt}
          staleAfterMs={executions.data?.staleAfterMs}
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
          columnDefinitions={isNarrow ? columnsOfAPhone() : columns()}
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

type Column = TableProps.ColumnDefinition<FailedExecution>;

function columnsOfAPhone(): Column[] {
  return [
    {
      id: "execution",
      header: text("executions.column.execution"),
      isRowHeader: true,
      cell: (execution) => (
        <>
          <ExecutionLink of={execution} />
          <Detail>
            {execution.order_id !== null && (
              <div>
                <Identifier value={execution.order_id} />
              </div>
            )}
            <Time value={execution.failed_at} isFocusable={false} />
          </Detail>
        </>
      ),
    },
    {
      id: "error",
      header: text("executions.column.error"),
      minWidth: 140,
      cell: (execution) => <Failure of={execution} />,
    },
  ];
}

function columns(): Column[] {
  return [
    {
      id: "execution",
      header: text("executions.column.execution"),
      isRowHeader: true,
      minWidth: 150,
      cell: (execution) => <ExecutionLink of={execution} />,
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
      cell: (execution) => <Failure of={execution} />,
    },
  ];
}

function ExecutionLink({ of: execution }: { of: FailedExecution }) {
  return (
    <RouterLink to={reservationPage(execution)}>
      <Identifier value={execution.reservation_id} />
    </RouterLink>
  );
}

function Failure({ of: { status, error, cause } }: { of: FailedExecution }) {
  return (
    <>
      <Box variant="strong">{error ?? text(`execution_status.${status}`)}</Box>
      <FailureCause cause={cause} isShort />
      <Box fontSize="body-s">{text(`execution.to_do.${whatToDoAbout({ error, status })}`)}</Box>
    </>
  );
}
