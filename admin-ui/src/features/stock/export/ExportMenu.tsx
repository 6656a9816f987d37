import ButtonDropdown from "@cloudscape-design/components/button-dropdown";

import { useExportCatalogue } from "@/api/catalogue/exportCatalogue";
import type { ExportFilter, Level } from "@/api/types";
import { useCatalogueDownload } from "@/hooks/useCatalogueDownload";
import { text } from "@/i18n/text";
import { useSelectedCsv } from "./useSelectedCsv";

interface ExportMenuProps {
  filter: ExportFilter;
  selected: readonly Level[];
}

/** Exports levels as a CSV in the format of an import: those that match the filter, or those that are selected. */
export function ExportMenu({ filter, selected }: ExportMenuProps) {
  const exportCatalogue = useExportCatalogue();
  const exportSelected = useSelectedCsv();
  const download = useCatalogueDownload();
  const isFiltered = Object.values<unknown>(filter).some((value) => value !== undefined);
  return (
    <ButtonDropdown
      loading={exportCatalogue.isPending || exportSelected.isPending}
      items={[
        { id: "found", text: text(isFiltered ? "stock.export.found" : "stock.export.all") },
        {
          id: "selected",
          text: text("stock.export.selected", { count: selected.length }),
          disabled: selected.length === 0,
        },
      ]}
      onItemClick={({ detail }) => {
        if (detail.id === "found") exportCatalogue.mutate(filter, download);
        else exportSelected.mutate(selected, download);
      }}
    >
      {text("stock.export")}
    </ButtonDropdown>
  );
}
