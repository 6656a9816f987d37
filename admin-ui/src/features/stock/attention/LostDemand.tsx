import Box from "@cloudscape-design/components/box";

import { useListLostDemand } from "@/api/read-model/listLostDemand";
import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { PartTable } from "@/components/page/PartTable";
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
    <PartTable
      title={text("lost_demand.title")}
      description={total_units > 0 ? text("lost_demand.total", { units: total_units }) : undefined}
      all={{ to: "/reservations?status=REJECTED", label: text("lost_demand.all") }}
      query={demand}
      items={items.slice(0, SHOWN_MAX)}
      trackBy="product_id"
      none={<EmptyState title={text("lost_demand.none")}>{text("lost_demand.none.why")}</EmptyState>}
      columns={[
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
