import type { ReactNode } from "react";

import type { Level } from "@/api/types";
import { Quantity } from "@/components/values/Quantity";
import { StockStatusIndicator } from "@/components/values/StockStatusIndicator";
import { text } from "@/i18n/text";
import styles from "./level-comparison.module.css";

export interface Side {
  readonly title: string;
  /** Null if the level did not exist, or is not known yet. */
  readonly level: Level | null;
}

interface Row {
  readonly title: string;
  /** If present, the row is shown only when this is true of a side. */
  readonly matters?: (level: Level) => boolean;
  readonly value: (level: Level) => ReactNode;
  /** If present, the row is shown only when this value differs between the sides. */
  readonly differs?: (level: Level) => string | number;
}

/** Several versions of a level, side by side. */
export function LevelComparison({ sides, label }: { sides: readonly Side[]; label: string }) {
  const rows = rowsOf().filter(({ differs, matters }) => {
    if (matters) return sides.some(({ level }) => level !== null && matters(level));
    if (!differs) return true;
    return new Set(sides.flatMap(({ level }) => (level ? [differs(level)] : []))).size > 1;
  });
  return (
    <div className={styles["comparison"]}>
      <table aria-label={label}>
        <thead>
          <tr>
            <td />
            {sides.map(({ title }) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ title, value }) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              {sides.map((side) => (
                <td key={side.title}>{side.level ? value(side.level) : "—"}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function rowsOf(): readonly Row[] {
  return [
    { title: text("stock.column.name"), value: ({ name }) => name, differs: ({ name }) => name },
    { title: text("stock.column.category"), value: ({ category }) => category, differs: ({ category }) => category },
    { title: text("stock.column.on_hand"), value: ({ on_hand }) => <Quantity value={on_hand} /> },
    { title: text("stock.column.reserved"), value: ({ reserved }) => <Quantity value={reserved} /> },
    {
      title: text("stock.column.allocated"),
      value: ({ allocated }) => <Quantity value={allocated} />,
      matters: ({ allocated }) => allocated !== 0,
    },
    { title: text("stock.column.available"), value: ({ available }) => <Quantity value={available} /> },
    {
      title: text("stock.column.low_stock_threshold"),
      value: ({ low_stock_threshold }) => <Quantity value={low_stock_threshold} />,
      differs: ({ low_stock_threshold }) => low_stock_threshold,
    },
    { title: text("stock.column.status"), value: ({ status }) => <StockStatusIndicator status={status} /> },
  ];
}
