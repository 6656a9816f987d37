import { lineName } from "@/api/levels/levelKey";
import { Identifier } from "@/components/values/Identifier";
import { text } from "@/i18n/text";
import type { LinesChange } from "./timelineSteps";

/** The lines that a change made longer, shorter, or added or removed, with their units before and after. */
export function ChangedLines({ of: { lines } }: { of: LinesChange }) {
  return lines.map((line) => (
    <div key={lineName(line)}>
      <Identifier value={line.product_id} />
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
