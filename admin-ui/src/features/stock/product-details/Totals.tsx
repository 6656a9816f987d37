import Container from "@cloudscape-design/components/container";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";

import type { Level } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { Quantity } from "@/components/values/Quantity";
import { text } from "@/i18n/text";

/** The totals of a product over all warehouses. */
export function Totals({ levels }: { levels: readonly Level[] }) {
  const category = levels[0]?.category ?? "";
  const total = (of: (level: Level) => number) => levels.reduce((sum, level) => sum + of(level), 0);
  const sum = (of: (level: Level) => number) => <Quantity value={total(of)} />;
  const allocated = total((level) => level.allocated); // none without dispatch tracking
  return (
    <Container>
      <KeyValuePairs
        columns={4}
        items={[
          {
            label: text("stock.column.category"),
            value: <RouterLink to={`/stock?${new URLSearchParams({ category })}`}>{category}</RouterLink>,
          },
          { label: text("stock.column.on_hand"), value: sum(({ on_hand }) => on_hand) },
          { label: text("stock.column.reserved"), value: sum(({ reserved }) => reserved) },
          ...(allocated ? [{ label: text("stock.column.allocated"), value: <Quantity value={allocated} /> }] : []),
          { label: text("stock.column.available"), value: sum(({ available }) => available) },
        ]}
      />
    </Container>
  );
}
