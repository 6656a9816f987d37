import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";

import { levelName } from "@/api/levels/levelKey";
import { useListLevels } from "@/api/levels/listLevels";
import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Identifier } from "@/components/values/Identifier";
import { Quantity } from "@/components/values/Quantity";
import { StockStatusIndicator } from "@/components/values/StockStatusIndicator";
import { text } from "@/i18n/text";
import { productPage } from "@/lib/identifiers/addresses";

const LEVELS_MAX = 8;

/** The levels that are sold out or low, those with the fewest available units first. */
export default function RunningOut() {
  const soldOut = useListLevels({ status: "OUT_OF_STOCK" }, undefined, LEVELS_MAX);
  const low = useListLevels({ status: "LOW_STOCK", sort: "available" }, undefined, LEVELS_MAX);
  const levels = [...(soldOut.data?.items ?? []), ...(low.data?.items ?? [])].slice(0, LEVELS_MAX);

  const failed = [soldOut, low].find(({ isError, data }) => isError && !data);
  if (failed) {
    return <ErrorState error={failed.error} onRetry={() => void Promise.all([soldOut.refetch(), low.refetch()])} />;
  }
  return (
    <Table
      variant="container"
      header={<Header variant="h2">{text("overview.running_out")}</Header>}
      loading={soldOut.isPending || low.isPending}
      loadingText={text("loading")}
      items={levels}
      trackBy={levelName}
      empty={<Empty isComplete={soldOut.data?.cursor === null && low.data?.cursor === null} />}
      columnDefinitions={[
        {
          id: "product",
          header: text("overview.column.product"),
          isRowHeader: true,
          cell: ({ product_id, name }) => <RouterLink to={productPage(product_id)}>{name}</RouterLink>,
        },
        {
          id: "status",
          header: text("overview.column.status"),
          cell: ({ status }) => <StockStatusIndicator status={status} />,
        },
        {
          id: "available",
          header: text("overview.column.available"),
          cell: ({ available }) => <Quantity value={available} />,
        },
        {
          id: "threshold",
          header: text("overview.column.threshold"),
          cell: ({ low_stock_threshold }) => <Quantity value={low_stock_threshold} />,
        },
        {
          id: "warehouse",
          header: text("overview.column.warehouse"),
          cell: ({ warehouse_id }) => <Identifier value={warehouse_id} />,
        },
      ]}
    />
  );
}

function Empty({ isComplete }: { isComplete: boolean }) {
  if (isComplete) {
    return <EmptyState title={text("overview.running_out.none")}>{text("overview.running_out.none.why")}</EmptyState>;
  }
  return (
    <EmptyState
      title={text("list.none_yet")}
      action={<RouterLink to="/stock?status=OUT_OF_STOCK">{text("stock.none_yet.continue")}</RouterLink>}
    >
      {text("list.none_yet.why")}
    </EmptyState>
  );
}
