import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";

import type { Import } from "@/api/types";
import { Quantity } from "@/components/values/Quantity";
import { text } from "@/i18n/text";
import { download } from "@/lib/files/download";
import { formatNumber } from "@/lib/formats";
import { failedRows } from "./failedRows";
import { problemsCsv } from "./problemsCsv";
import { FIRST_ROW, hasAllErrors, problemsOf } from "./verdict";

const PAGE_SIZE = 20;

/** The problems of a file, by line. @param file what was sent; null after the page was reloaded */
export function ImportProblems({ report, file }: { report: Import; file: File | null }) {
  const { import_id } = report;
  const { errors, count } = problemsOf(report);
  const [pageNumber, setPageNumber] = useState(1);
  const pages = Math.ceil(errors.length / PAGE_SIZE);
  const shown = errors.slice((pageNumber - 1) * PAGE_SIZE, pageNumber * PAGE_SIZE);
  const save = (csv: string, what: "problems" | "rows") => {
    download(new Blob([csv], { type: "text/csv" }), `import-${what}-${import_id.slice(0, 8)}.csv`);
  };
  const saveRows = async (file: File) => {
    save(failedRows(await file.text(), errors), "rows");
  };
  return (
    <Table
      variant="container"
      header={
        <Header
          variant="h2"
          counter={`(${formatNumber(count)})`}
          description={
            hasAllErrors(report) ? undefined : text("import.problems.first", { shown: errors.length, all: count })
          }
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {file && errors.some(({ line }) => line >= FIRST_ROW) && (
                <Button iconName="download" onClick={() => void saveRows(file)}>
                  {text("import.problems.rows")}
                </Button>
              )}
              <Button iconName="download" onClick={() => save(problemsCsv(errors), "problems")}>
                {text("import.problems.download")}
              </Button>
            </SpaceBetween>
          }
        >
          {text("import.problems")}
        </Header>
      }
      pagination={
        pages > 1 && (
          <Pagination
            currentPageIndex={pageNumber}
            pagesCount={pages}
            onChange={({ detail }) => {
              setPageNumber(detail.currentPageIndex);
            }}
          />
        )
      }
      wrapLines
      cellVerticalAlign="top"
      items={shown}
      columnDefinitions={[
        {
          id: "line",
          header: text("import.problems.line"),
          cell: ({ line }) => (line > 0 ? <Quantity value={line} /> : text("import.problems.file")),
        },
        { id: "field", header: text("import.problems.field"), cell: ({ field }) => field },
        {
          id: "message",
          header: text("import.problems.message"),
          isRowHeader: true,
          minWidth: 180,
          cell: ({ message }) => message,
        },
      ]}
    />
  );
}
