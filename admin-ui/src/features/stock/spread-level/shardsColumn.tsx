import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";

import type { Level } from "@/api/types";
import { Quantity } from "@/components/values/Quantity";
import { text } from "@/i18n/text";

/** How many shards a level is spread over, and to how many it is changing. */
export function shardsColumn(levels: readonly Level[]): TableProps.ColumnDefinition<Level> {
  return {
    id: "shards",
    header: text("stock.column.shards"),
    minWidth: levels.some(isChanging) ? 160 : undefined, // "changing to 16" in one line
    cell: (level) => (
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        <Quantity value={level.shards} />
        {isChanging(level) && (
          <StatusIndicator type="in-progress">
            {text("stock.spread.under_way", { shards: level.shards_wanted })}
          </StatusIndicator>
        )}
      </SpaceBetween>
    ),
  };
}

/** Whether a level is one of the few that have more than one shard, or are about to. */
export function isSpread(level: Level): boolean {
  return level.shards > 1 || isChanging(level);
}

function isChanging({ shards, shards_wanted }: Level): boolean {
  return shards !== shards_wanted;
}
