import {
  aFailedExecution,
  aHealth,
  aLevel,
  aLostProduct,
  aMovement,
  anAttentionLevel,
  anOverview,
  aRefund,
  aReservation,
  aTimelineEntry,
  CURRENT,
  searchResults,
} from "./factories";
import { ok, page } from "./responses";

/** An answer to any read of a page: one entry of everything. */
export function anyAnswer({ url }: Request): Response {
  const { pathname } = new URL(url);
  const list = (item: unknown) => ok({ items: [item], total: 1, cursor: null, read_model: CURRENT });
  switch (pathname) {
    case "/admin/overview":
      return ok(anOverview({ low_stock: 3, unfulfilled: 1, active: 1 }));
    case "/admin/health":
      return ok(aHealth());
    case "/admin/attention":
      return list(anAttentionLevel());
    case "/admin/lost-demand":
      return ok({ since: "2026-11-21T10:15:00.000Z", items: [aLostProduct()], total_units: 17, read_model: CURRENT });
    case "/admin/refunds":
      return list(aRefund());
    case "/admin/inventory":
      return list(aLevel());
    case "/admin/levels":
      return page([aLevel()]);
    case "/admin/movements":
      return page([aMovement()]);
    case "/admin/executions":
      return page([aFailedExecution()]);
    case "/admin/timeline":
      return page([aTimelineEntry()]);
    case "/admin/search":
      return ok(searchResults({ levels: [aLevel()] }));
    case "/admin/reservations":
      return page([aReservation()]);
    default:
      return ok({ ...aReservation(), refunds: [], changes: [], history: [], execution_console_url: "" });
  }
}
