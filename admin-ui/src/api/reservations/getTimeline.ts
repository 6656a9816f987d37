import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
import { REFRESH_MS } from "../queries/refresh";
import { usePages } from "../queries/usePages";
import type { TimelineSubject } from "../types";

const PART = 1; // a page has the events of up to 20 reservations: a short one is not extended

function getTimeline(api: Api, subject: TimelineSubject, signal?: AbortSignal, cursor?: string) {
  return dataOf(api.GET("/admin/timeline", { params: { query: { ...subject, cursor } }, signal }));
}

/** What happened to all reservations of an order or of a customer, the newest first. */
export function useGetTimeline(subject: TimelineSubject) {
  const api = useApi();
  return usePages({
    queryKey: ["reservations", "timeline", subject],
    read: (cursor, signal) => getTimeline(api, subject, signal, cursor),
    refreshMs: REFRESH_MS.modelList,
    limit: PART,
  });
}

/** Asks whether there are reservations of a customer with exactly this id. */
export function useIsCustomer(): (customer_id: string) => Promise<boolean> {
  const api = useApi();
  return async (customer_id) => (await getTimeline(api, { customer_id })).items.length > 0;
}
