import ButtonDropdown from "@cloudscape-design/components/button-dropdown";

import { useExport } from "../../api/levels";
import type { Level } from "../../api/types";
import { download } from "../../components/download";
import { problemDetail, problemTitle } from "../../components/ErrorState";
import { useNotifications } from "../../shell/Notifications";
import { text } from "../../texts/text";
import { levelsCsv } from "./levelsCsv";
import type { Wanted } from "./useLevelView";

const FILE_NAME = "inventory.csv";

/** Takes levels away as a CSV, which an import takes again: what the filters leave, or what is selected. */
export function Export({ selected, wanted }: { selected: readonly Level[]; wanted: Wanted }) {
  const { notify } = useNotifications();
  const exporting = useExport();
  const { search, status, category, warehouse_id } = wanted;

  function exportFound() {
    exporting.mutate(
      {
        search: search || undefined,
        status: status || undefined,
        category: category || undefined,
        warehouse_id: warehouse_id || undefined,
      },
      {
        onSuccess: (content) => download(content, FILE_NAME),
        onError: (error) => notify({ type: "error", header: problemTitle(error), content: problemDetail(error) }),
      },
    );
  }

  return (
    <ButtonDropdown
      loading={exporting.isPending}
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
        else download(new Blob([levelsCsv(selected)], { type: "text/csv" }), FILE_NAME);
      }}
    >
      {text("stock.export")}
    </ButtonDropdown>
  );
}
