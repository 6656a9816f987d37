import { lineName } from "@/api/levels/levelKey";
import type { LineChange } from "@/api/types";
import { Identifier } from "@/components/values/Identifier";
import { ProductName } from "@/components/values/ProductName";
import { text } from "@/i18n/text";

/** The lines that a change made longer, shorter, or added or removed, with their units before and after. */
export function ChangedLines({ of: { lines } }: { of: { readonly lines: readonly LineChange[] } }) {
  return lines.map((line) => (
    <div key={lineName(line)}>
      <Identifier value={line.product_id} />
      <ProductName product_id={line.product_id} />
      {line.warehouse_id !== null && (
        <>
          {" "}
          (<Identifier value={line.warehouse_id} />)
        </>
      )}
      {": "}
      {text("reservation.timeline.change.units", { before: line.before, after: line.after })}
    </div>
  ));
}
