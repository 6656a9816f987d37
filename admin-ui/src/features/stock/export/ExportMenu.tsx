import ButtonDropdown from "@cloudscape-design/components/button-dropdown";

import { useExport } from "@/api/levels/levels";
import type { Level } from "@/api/types";
import { useCatalogueDownload } from "@/hooks/useCatalogueDownload";
import { text } from "@/i18n/text";
import type { Wanted } from "../stock-list/useLevelView";
import { useSelectedCsv } from "./useSelectedCsv";

interface ExportProps {
  selected: readonly Level[];
  shown: readonly Level[];
  wanted: Wanted;
}

/** Takes levels away as a CSV, which an import takes again: what the filters leave, or what is selected. */
export function Export({ selected, shown, wanted }: ExportProps) {
  const { search, status, category, warehouse_id } = wanted;
  const found = useExport();
  const some = useSelectedCsv();
  const download = useCatalogueDownload();

  function exportFound() {
    found.mutate(
      {
        search: search || undefined,
        status: status || undefined,
        category: category || undefined,
        warehouse_id: warehouse_id || undefined,
      },
      download,
    );
  }

  return (
    <ButtonDropdown
      loading={found.isPending || some.isPending}
      items={[
        {
          id: "found",
          text: text(
            [search, status, category, warehouse_id].some(Boolean) ? "stock.export.found" : "stock.export.all",
          ),
        },
        {
          id: "selected",
          text: text("stock.export.selected", { count: selected.length }),
          disabled: selected.length === 0,
        },
      ]}
      onItemClick={({ detail }) => {
        if (detail.id === "found") exportFound();
        else some.mutate({ selected, shown }, download);
      }}
    >
      {text("stock.export")}
    </ButtonDropdown>
  );
}
