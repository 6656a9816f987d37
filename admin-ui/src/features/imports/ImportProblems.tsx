import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";

import type { Import } from "@/api/types";
import { Quantity } from "@/components/values/Quantity";
import { text } from "@/i18n/text";
import { download } from "@/lib/download";
import { formatNumber } from "@/lib/formats";
import { problemsCsv } from "./problemsCsv";
import { hasAllErrors } from "./verdict";

const PAGE_SIZE = 20;

/** The problems of a file, by line. */
export function ImportProblems({ report }: { report: Import }) {
  const { errors, error_count, import_id } = report;
  const [pageNumber, setPageNumber] = useState(1);
  const pages = Math.ceil(errors.length / PAGE_SIZE);
  const shown = errors.slice((pageNumber - 1) * PAGE_SIZE, pageNumber * PAGE_SIZE);
  return (
    <Table
      variant="container"
      header={
        <Header
          variant="h2"
          counter={`(${formatNumber(error_count)})`}
          description={
            hasAllErrors(report) ? undefined : text("import.problems.first", { shown: errors.length, all: error_count })
          }
          actions={
            <Button
              iconName="download"
              onClick={() => {
                const csv = new Blob([problemsCsv(errors)], { type: "text/csv" });
                download(csv, `import-problems-${import_id.slice(0, 8)}.csv`);
              }}
            >
              {text("import.problems.download")}
            </Button>
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
