import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";

import type { Level } from "@/api/types";
import { Quantity } from "@/components/values/Quantity";
import { text } from "@/i18n/text";

/** How many shards a level is spread over, and to how many it is changing. Without `onSpread` it is read-only. */
export function shardsColumn(onSpread: ((level: Level) => void) | null): TableProps.ColumnDefinition<Level> {
  return {
    id: "shards",
    header: text("stock.column.shards"),
    cell: (level) => (
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        <Quantity value={level.shards} />
        {level.shards !== level.shards_wanted && (
          <StatusIndicator type="in-progress">
            {text("stock.spread.under_way", { shards: level.shards_wanted })}
          </StatusIndicator>
        )}
        {onSpread && (
          <Button
            variant="inline-link"
            ariaLabel={text("stock.spread.of", { name: level.name, warehouse_id: level.warehouse_id })}
            onClick={() => onSpread(level)}
          >
            {text("stock.spread")}
          </Button>
        )}
      </SpaceBetween>
    ),
  };
}
