import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";

import { useListLostDemand } from "@/api/read-model/listLostDemand";
import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Identifier } from "@/components/values/Identifier";
import { Quantity } from "@/components/values/Quantity";
import { Time } from "@/components/values/Time";
import { text } from "@/i18n/text";
import { productPage } from "@/lib/identifiers/addresses";

const SHOWN_MAX = 5;

/** The products of which units were refused in the last day, the most units first. */
export default function LostDemand() {
  const demand = useListLostDemand();
  const { items = [], total_units = 0 } = demand.data ?? {};
  return (
    <Table
      variant="container"
      wrapLines
      cellVerticalAlign="top"
      header={
        <Header
          variant="h2"
          description={total_units > 0 ? text("lost_demand.total", { units: total_units }) : undefined}
          actions={<RouterLink to="/reservations?status=REJECTED">{text("lost_demand.all")}</RouterLink>}
        >
          {text("lost_demand.title")}
        </Header>
      }
      ariaLabels={{ tableLabel: text("lost_demand.title") }}
      loading={demand.isPending}
      loadingText={text("loading")}
      items={items.slice(0, SHOWN_MAX)}
      trackBy="product_id"
      empty={
        demand.isError ? (
          <ErrorState error={demand.error} onRetry={() => void demand.refetch()} />
        ) : (
          <EmptyState title={text("lost_demand.none")}>{text("lost_demand.none.why")}</EmptyState>
        )
      }
      columnDefinitions={[
        {
          id: "product",
          header: text("overview.column.product"),
          isRowHeader: true,
          cell: ({ product_id, name }) => (
            <>
              <RouterLink to={productPage(product_id)}>{name ?? product_id}</RouterLink>
              {name !== null && (
                <Box color="text-body-secondary" fontSize="body-s">
                  <Identifier value={product_id} />
                </Box>
              )}
            </>
          ),
        },
        {
          id: "units",
          header: text("lost_demand.units"),
          cell: ({ units, requests }) => (
            <>
              <Quantity value={units} />
              <Box color="text-body-secondary" fontSize="body-s">
                {text("lost_demand.requests", { requests })}
              </Box>
            </>
          ),
        },
        {
          id: "last",
          header: text("lost_demand.last"),
          cell: ({ last_at }) => <Time value={last_at} relative isFocusable={false} />,
        },
      ]}
    />
  );
}
