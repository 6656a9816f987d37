import { problemDetail, problemTitle } from "@/api/client/problemText";
import { useNotifications } from "@/components/feedback/Notifications";
import { download } from "@/lib/download";

/** Callbacks for an export: `mutate(filter, useCatalogueDownload())` saves the file, or shows why there is none. */
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
