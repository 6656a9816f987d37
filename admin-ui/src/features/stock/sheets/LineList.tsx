import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { type ReactNode, useState } from "react";

import { LoadMore } from "@/components/controls/LoadMore";
import { EmptyState } from "@/components/feedback/EmptyState";
import { Identifier } from "@/components/values/Identifier";
import { Quantity } from "@/components/values/Quantity";
import { text } from "@/i18n/text";
import { formatNumber } from "@/lib/formats";
import { readUnits } from "../levels/units";
import {
  asSplit,
  asWhole,
  deltaOf,
  isAmbiguous,
  type Line,
  type Sheet,
  withoutLine,
  withQuantity,
} from "./state/sheet";
import { isBelowReserved } from "./state/summary";
import type { UpdateSheet } from "./state/useStoredSheet";
import { mistakeText } from "./WrongLines";
import styles from "./sheets.module.css";

interface LineListProps {
  sheet: Sheet;
  /** Null if another tab has the sheet. */
  update: UpdateSheet | null;
  actions?: ReactNode;
}

const SHOWN_AT_ONCE = 50; // hundreds of fields would make each key slow

/** The lines that were entered, the last one first, each with what it will change. */
export function LineList({ sheet, update, actions }: LineListProps) {
  const [shown, setShown] = useState(SHOWN_AT_ONCE);
  const { lines } = sheet;
  return (
    <Container
      header={
        <Header variant="h2" counter={lines.length > 0 ? `(${formatNumber(lines.length)})` : undefined}>
          {text("sheet.lines")}
        </Header>
      }
      footer={actions && <div className={styles["actions"]}>{actions}</div>}
    >
      {lines.length === 0 ? (
        <EmptyState title={text("sheet.none")}>{text(`${sheet.kind}.none.why`)}</EmptyState>
      ) : (
        <ul className={styles["lines"]}>
          {lines.slice(0, shown).map((line) => (
            <li key={line.product_id} className={styles["line"]}>
              <div className={styles["product"]}>
                <div>{line.level?.name ?? <Identifier value={line.product_id} />}</div>
                {line.level && (
                  <Box color="text-body-secondary" fontSize="body-s">
                    <Identifier value={line.product_id} />
                  </Box>
                )}
                <Effect sheet={sheet} line={line} />
                {isAmbiguous(line) && <Readings line={line} update={update} />}
              </div>
              {update ? <Stepper sheet={sheet} line={line} update={update} /> : <Quantity value={line.quantity} />}
            </li>
          ))}
        </ul>
      )}
      {lines.length > shown && (
        <LoadMore
          count={shown}
          hasNextPage
          isFetchingNextPage={false}
          fetchNextPage={() => setShown(shown + SHOWN_AT_ONCE)}
        />
      )}
    </Container>
  );
}

/** What a line will change: "12 → 10 (-2)"; or why it will change nothing. */
function Effect({ sheet, line }: { sheet: Sheet; line: Line }) {
  const delta = deltaOf(sheet, line);
  if (!line.is_read) return <StatusIndicator type="pending">{text("sheet.looked_up")}</StatusIndicator>;
  if (line.unreadable) return <StatusIndicator type="error">{line.unreadable}</StatusIndicator>;
  if (!line.level || delta === null) {
    return (
      <StatusIndicator type="error">
        {line.split
          ? text("sheet.unknown.both", { product_id: line.split.product_id, warehouse_id: sheet.warehouse_id })
          : text("sheet.unknown", { warehouse_id: sheet.warehouse_id })}
        {line.mistake && `. ${mistakeText(line.mistake)}`}
      </StatusIndicator>
    );
  }
  const before = line.books ?? line.level.on_hand;
  return (
    <>
      <div>
        {text("sheet.effect", { before, after: before + delta })} (<Quantity value={delta} delta />)
      </div>
      {isBelowReserved(sheet, line) && (
        <StatusIndicator type="warning">
          {text("sheet.below_reserved", { reserved: line.level.reserved + line.level.allocated })}
        </StatusIndicator>
      )}
    </>
  );
}

/** Asks which of the two readings of a line is meant: both are products. */
function Readings({ line, update }: { line: Line; update: UpdateSheet | null }) {
  const { product_id, quantity, split } = line;
  if (!split) return null;
  const units = quantity * split.quantity;
  return (
    <SpaceBetween size="xxs">
      <StatusIndicator type="warning">
        {text("sheet.ambiguous", { whole: product_id, product_id: split.product_id })}
      </StatusIndicator>
      {update && (
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={() => update((now) => asWhole(now, product_id))}>
            {text("sheet.reading", { product_id, units: quantity })}
          </Button>
          <Button onClick={() => update((now) => asSplit(now, product_id))}>
            {text("sheet.reading", { product_id: split.product_id, units })}
          </Button>
        </SpaceBetween>
      )}
    </SpaceBetween>
  );
}

/** Changes the number of units of a line. The buttons are large enough for a thumb. */
function Stepper({ sheet, line, update }: { sheet: Sheet; line: Line; update: UpdateSheet }) {
  const { product_id, quantity } = line;
  const name = line.level?.name ?? product_id;
  const least = sheet.kind === "count" ? 0 : 1;
  const [typed, setTyped] = useState<string | null>(null); // while it is no valid number
  const set = (units: number) => {
    setTyped(null);
    update((current) => withQuantity(current, product_id, units, Date.now()));
  };
  return (
    <div className={styles["stepper"]}>
      <Button
        iconName="subtract-minus"
        ariaLabel={text("sheet.less", { name })}
        disabled={quantity <= least}
        onClick={() => set(quantity - 1)}
      />
      <Input
        type="number"
        inputMode="numeric"
        ariaLabel={text("sheet.units", { name })}
        value={typed ?? String(quantity)}
        invalid={typed !== null}
        onChange={({ detail }) => {
          const units = readUnits(detail.value);
          if (units !== null && units >= least) set(units);
          else setTyped(detail.value);
        }}
        onBlur={() => setTyped(null)}
      />
      <Button iconName="add-plus" ariaLabel={text("sheet.more", { name })} onClick={() => set(quantity + 1)} />
      <Button
        iconName="remove"
        variant="icon"
        ariaLabel={text("sheet.remove", { name })}
        onClick={() => update((current) => withoutLine(current, product_id))}
      />
    </div>
  );
}
