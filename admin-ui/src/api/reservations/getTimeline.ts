import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import { REFRESH_MS } from "../queries/refresh";
import { usePages } from "../queries/usePages";
import type { TimelineSubject } from "../types";

const PART = 1; // a page has the events of up to 20 reservations: a short one is not extended

/** What happened to all reservations of an order or of a customer, the newest first. */
export function useGetTimeline(subject: TimelineSubject) {
  const api = useApi();
  return usePages({
    queryKey: ["reservations", "timeline", subject],
    read: (cursor, signal) => dataOf(api.GET("/admin/timeline", { params: { query: { ...subject, cursor } }, signal })),
    refreshMs: REFRESH_MS.modelList,
    limit: PART,
  });
}
