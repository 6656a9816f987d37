import type { ExportedFile } from "@/api/catalogue/exportCatalogue";
import { problemDetail, problemTitle } from "@/api/client/problemText";
import { useNotifications } from "@/components/feedback/Notifications";
import { download, downloadFrom } from "@/lib/files/download";

/** Callbacks for an export: `mutate(filter, useCatalogueDownload())` saves the file, or shows why there is none. */
export function useCatalogueDownload() {
  const { notify } = useNotifications();
  return {
    onSuccess: (catalogue: ExportedFile) => {
      if (catalogue instanceof Blob) download(catalogue, "inventory.csv");
      else downloadFrom(catalogue.url);
    },
    onError: (error: unknown) => {
      notify({ type: "error", header: problemTitle(error), content: problemDetail(error) });
    },
  };
}
