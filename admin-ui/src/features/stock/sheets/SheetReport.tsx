import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";

import { RouterLink } from "@/components/controls/RouterLink";
import { Identifier } from "@/components/values/Identifier";
import { Quantity } from "@/components/values/Quantity";
import { text } from "@/i18n/text";
import { escapeFormula, toCsv } from "@/lib/files/csv";
import { download } from "@/lib/files/download";
import { productPage } from "@/lib/identifiers/addresses";
import { type Line, refusedOnly, type Sheet } from "./state/sheet";
import { resultOf, valuesOf } from "./state/summary";
import type { UpdateSheet } from "./state/useStoredSheet";

interface SheetReportProps {
  sheet: Sheet;
  /** Null if another tab has the sheet. */
  update: UpdateSheet | null;
  onNew: () => void;
}

/** What a sheet changed, which lines differed from the books, and which were refused. */
export function SheetReport({ sheet, update, onNew }: SheetReportProps) {
  const { kind, run } = sheet;
  const result = resultOf(sheet);
  return (
    <SpaceBetween size="l">
      <Alert
        type={result.refused > 0 ? "warning" : "success"}
        header={text("sheet.done", { reference: run?.content.reference ?? "—" })}
      >
        {text(`${kind}.result`, valuesOf(result))}
      </Alert>
      <Table
        variant="container"
        wrapLines
        header={
          <Header
            variant="h2"
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="download" onClick={() => download(reportFile(sheet), `${kind}.csv`)}>
                  {text("sheet.report.download")}
                </Button>
                {update && result.refused > 0 && (
                  <Button onClick={() => update((now) => (now.id === sheet.id ? refusedOnly(now) : now))}>
                    {text("sheet.correct")}
                  </Button>
                )}
                {update && (
                  <Button variant="primary" onClick={onNew}>
                    {text(`${kind}.new`)}
                  </Button>
                )}
              </SpaceBetween>
            }
          >
            {text("sheet.report")}
          </Header>
        }
        ariaLabels={{ tableLabel: text("sheet.report") }}
        items={differingFirst(sheet.lines)}
        trackBy="product_id"
        columnDefinitions={[
          {
            id: "product",
            header: text("stock.column.name"),
            isRowHeader: true,
            cell: ({ product_id, level }) => (
              <>
                <RouterLink to={productPage(product_id)}>{level?.name ?? product_id}</RouterLink>
                <Box color="text-body-secondary" fontSize="body-s">
                  <Identifier value={product_id} />
                </Box>
              </>
            ),
          },
          { id: "quantity", header: text(`${kind}.units`), cell: ({ quantity }) => <Quantity value={quantity} /> },
          { id: "outcome", header: text("sheet.outcome"), cell: (line) => <Result line={line} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function Result({ line: { outcome } }: { line: Line }) {
  if (!outcome) return null;
  if ("refused" in outcome) return <StatusIndicator type="error">{outcome.refused}</StatusIndicator>;
  if (outcome.delta === null) return <StatusIndicator type="success">{text("sheet.applied")}</StatusIndicator>;
  if (outcome.delta === 0) return <StatusIndicator type="success">{text("sheet.agreed")}</StatusIndicator>;
  return (
    <StatusIndicator type="success">
      <Quantity value={outcome.delta} delta />
    </StatusIndicator>
  );
}

/** What somebody has to look at comes first: refused lines, then those that differed most. */
function differingFirst(lines: readonly Line[]): readonly Line[] {
  const weight = ({ outcome }: Line) =>
    !outcome || "refused" in outcome ? Number.MAX_SAFE_INTEGER : Math.abs(outcome.delta ?? 0);
  return lines.toSorted((one, other) => weight(other) - weight(one));
}

function reportFile({ lines, warehouse_id, run }: Sheet): Blob {
  const rows = lines.map(({ product_id, level, quantity, outcome }) => [
    product_id,
    warehouse_id,
    level?.name ?? "",
    String(quantity),
    outcome && "delta" in outcome ? String(outcome.delta ?? "") : "",
    outcome && "refused" in outcome ? outcome.refused : "",
    run?.content.reference ?? "",
  ]);
  const header = ["product_id", "warehouse_id", "name", "quantity", "change", "refused", "reference"];
  return new Blob([toCsv([header, ...rows.map((row) => row.map(cellOf))])], { type: "text/csv" });
}

function cellOf(cell: string): string {
  return /^-?\d+$/.test(cell) ? cell : escapeFormula(cell, "'");
}
