import { useNotifications } from "../shell/Notifications";
import { download } from "./download";
import { problemDetail, problemTitle } from "./ErrorState";

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
