import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";

import { levelName } from "@/api/levels/levelKey";
import type { Import } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { Identifier } from "@/components/values/Identifier";
import { text } from "@/i18n/text";
import { productPage } from "@/lib/identifiers/addresses";
import { formatNumber } from "@/lib/formats";

const PAGE_SIZE = 10;

/** The levels that an import creates or has created. A typo in an id creates a level that nobody has. */
export function NewLevels({ report: { created, mode, new: levels } }: { report: Import }) {
  const [pageNumber, setPageNumber] = useState(1);
  const pages = Math.ceil(levels.length / PAGE_SIZE);
  const isCheck = mode === "CHECK";
  return (
    <ExpandableSection
      variant="container"
      defaultExpanded={isCheck}
      headerText={text(isCheck ? "import.new.check" : "import.new.load")}
      headerCounter={`(${formatNumber(created)})`}
      headerDescription={
        levels.length < created
          ? text("import.new.first", { shown: levels.length, all: created })
          : isCheck
            ? text("import.new.why")
            : undefined
      }
    >
      <Table
        variant="borderless"
        contentDensity="compact"
        wrapLines
        ariaLabels={{ tableLabel: text(isCheck ? "import.new.check" : "import.new.load") }}
        header={
          pages > 1 && (
            <Header
              variant="h3"
              actions={
                <Pagination
                  currentPageIndex={pageNumber}
                  pagesCount={pages}
                  onChange={({ detail }) => setPageNumber(detail.currentPageIndex)}
                />
              }
            />
          )
        }
        items={levels.slice((pageNumber - 1) * PAGE_SIZE, pageNumber * PAGE_SIZE)}
        trackBy={levelName}
        columnDefinitions={[
          {
            id: "product_id",
            header: text("stock.column.product_id"),
            isRowHeader: true,
            minWidth: 150,
            cell: ({ product_id }) =>
              isCheck ? (
                <Identifier value={product_id} />
              ) : (
                <RouterLink to={productPage(product_id)}>
                  <Identifier value={product_id} />
                </RouterLink>
              ),
          },
          {
            id: "warehouse_id",
            header: text("stock.column.warehouse_id"),
            minWidth: 120,
            cell: ({ warehouse_id }) => <Identifier value={warehouse_id} />,
          },
          { id: "name", header: text("stock.column.name"), minWidth: 140, cell: ({ name }) => name },
        ]}
      />
    </ExpandableSection>
  );
}
