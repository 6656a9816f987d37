import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";

import { useLevels } from "../../api/levels";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { Quantity } from "../../components/Quantity";
import { RouterLink } from "../../components/RouterLink";
import { StockStatusIndicator } from "../../components/StockStatusIndicator";
import { text } from "../../texts/text";

const MOST = 8;

/** The levels that are sold out or low, the emptiest first. */
export default function RunningOut() {
  const soldOut = useLevels({ status: "OUT_OF_STOCK" }, MOST);
  const low = useLevels({ status: "LOW_STOCK", sort: "available" }, MOST);
  const levels = [...(soldOut.data?.items ?? []), ...(low.data?.items ?? [])].slice(0, MOST);

  if (soldOut.isError && !soldOut.data) {
    return <ErrorState error={soldOut.error} onRetry={() => void soldOut.refetch()} />;
  }
  return (
    <Table
      variant="container"
      header={<Header variant="h2">{text("overview.running_out")}</Header>}
      loading={soldOut.isPending || low.isPending}
      loadingText={text("loading")}
      items={levels}
      trackBy={({ product_id, warehouse_id }) => `${product_id} ${warehouse_id}`}
      empty={<EmptyState title={text("overview.running_out.none")}>{text("overview.running_out.none.why")}</EmptyState>}
      columnDefinitions={[
        {
          id: "product",
          header: text("overview.column.product"),
          isRowHeader: true,
          cell: ({ product_id, name }) => (
            <RouterLink to={`/products/${encodeURIComponent(product_id)}`}>{name}</RouterLink>
          ),
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
        { id: "warehouse", header: text("overview.column.warehouse"), cell: ({ warehouse_id }) => warehouse_id },
      ]}
    />
  );
}
