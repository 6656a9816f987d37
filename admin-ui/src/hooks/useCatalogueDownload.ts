import { problemDetail, problemTitle } from "@/components/feedback/ErrorState";
import { useNotifications } from "@/components/feedback/Notifications";
import { download } from "@/lib/download";

/** What becomes of an export: `export.mutate(filter, useCatalogueDownload())` hands it to the browser, or says why not. */
export function useCatalogueDownload() {
  const { notify } = useNotifications();
  return {
    onSuccess: (catalogue: Blob) => {
      download(catalogue, "inventory.csv");
    },
    onError: (error: unknown) => {
      notify({ type: "error", header: problemTitle(error), content: problemDetail(error) });
    },
  };
}
