import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { lazy, Suspense } from "react";

import type { useListMovements } from "@/api/movements/listMovements";
import type { Level } from "@/api/types";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Loading } from "@/components/feedback/Loading";
import { Identifier } from "@/components/values/Identifier";
import { Quantity } from "@/components/values/Quantity";
import { Time } from "@/components/values/Time";
import { text } from "@/i18n/text";
import { historiesOf, type History } from "./history";

const OnHandChart = lazy(() => import("./OnHandChart"));

interface OnHandProps {
  levels: readonly Level[];
  movements: ReturnType<typeof useListMovements>;
}

/** The units on hand over time, for the part of the ledger that is loaded. */
export function OnHand({ levels, movements }: OnHandProps) {
  return (
    <Container
      header={
        <Header variant="h2" description={movements.hasNextPage ? text("product.on_hand.part") : undefined}>
          {text("product.on_hand")}
        </Header>
      }
    >
      {movements.data ? (
        <Histories
          histories={historiesOf(
            levels,
            movements.data.items,
            new Date(movements.dataUpdatedAt),
            !movements.hasNextPage,
          )}
        />
      ) : movements.isError ? (
        <ErrorState error={movements.error} onRetry={() => void movements.refetch()} />
      ) : (
        <Loading />
      )}
    </Container>
  );
}

function Histories({ histories }: { histories: readonly History[] }) {
  return (
    <SpaceBetween size="s">
      <Suspense fallback={<Loading />}>
        <OnHandChart histories={histories} />
      </Suspense>
      <ExpandableSection headerText={text("product.on_hand.as_table")}>
        <HistoryTable histories={histories} />
      </ExpandableSection>
    </SpaceBetween>
  );
}

/** The chart as a table: each change, the latest first. */
function HistoryTable({ histories }: { histories: readonly History[] }) {
  const changes = histories
    .flatMap(({ warehouse_id, points }) =>
      points
        .filter(({ on_hand }, index) => on_hand !== points[index - 1]?.on_hand)
        .map((point) => ({ warehouse_id, ...point })),
    )
    .sort((one, other) => other.at.getTime() - one.at.getTime());
  return (
    <Table
      variant="borderless"
      contentDensity="compact"
      ariaLabels={{ tableLabel: text("product.on_hand") }}
      items={changes}
      trackBy={({ warehouse_id, at }) => `${warehouse_id} ${at.toISOString()}`}
      columnDefinitions={[
        {
          id: "since",
          header: text("product.on_hand.since"),
          isRowHeader: true,
          cell: ({ at }) => <Time value={at.toISOString()} isFocusable={false} />,
        },
        {
          id: "warehouse",
          header: text("stock.column.warehouse_id"),
          cell: ({ warehouse_id }) => <Identifier value={warehouse_id} />,
        },
        { id: "on_hand", header: text("stock.column.on_hand"), cell: ({ on_hand }) => <Quantity value={on_hand} /> },
      ]}
    />
  );
}
