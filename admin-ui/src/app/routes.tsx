import { createHashRouter, type RouteObject } from "react-router";

import { Loading } from "@/components/feedback/Loading";
import { productPage, reservationPage } from "@/lib/identifiers/addresses";
import { CrashPage } from "./CrashPage";
import type { Crumb, PageHandle } from "./crumbs";
import { MovedPage } from "./MovedPage";
import { NotFoundPage } from "./NotFoundPage";
import { Shell } from "./shell/Shell";

const overview: Crumb = { label: "overview.title", to: "/" };
const stock: Crumb = { label: "stock.title", to: "/stock" };
const reservations: Crumb = { label: "reservations.title", to: "/reservations" };

const handle = (...crumbs: readonly Crumb[]): PageHandle => ({ crumbs });

const pages: RouteObject[] = [
  {
    index: true,
    handle: handle({ label: "overview.title" }),
    lazy: async () => ({ Component: (await import("./overview/OverviewPage")).OverviewPage }),
  },
  {
    path: "stock",
    handle: handle(overview, { label: "stock.title" }),
    lazy: async () => ({ Component: (await import("@/features/stock/stock-list/StockListPage")).StockListPage }),
  },
  {
    path: "receive",
    handle: handle(overview, { label: "receive.title" }),
    lazy: async () => ({ Component: (await import("@/features/stock/sheets/SheetPage")).ReceivePage }),
  },
  {
    path: "count",
    handle: handle(overview, { label: "count.title" }),
    lazy: async () => ({ Component: (await import("@/features/stock/sheets/SheetPage")).CountPage }),
  },
  {
    path: "product",
    handle: handle(overview, stock, { label: { parameter: "product_id" } }),
    lazy: async () => ({
      Component: (await import("@/features/stock/product-details/ProductDetailsPage")).ProductDetailsPage,
    }),
  },
  {
    path: "reservations",
    handle: handle(overview, { label: "reservations.title" }),
    lazy: async () => ({
      Component: (await import("@/features/reservations/reservation-list/ReservationListPage")).ReservationListPage,
    }),
  },
  {
    path: "reservation",
    handle: handle(overview, reservations, { label: { parameter: "reservation_id" } }),
    lazy: async () => ({
      Component: (await import("@/features/reservations/reservation-details/ReservationDetailsPage"))
        .ReservationDetailsPage,
    }),
  },
  {
    path: "refunds",
    handle: handle(overview, { label: "refunds.title" }),
    lazy: async () => ({
      Component: (await import("@/features/reservations/refunds/RefundListPage")).RefundListPage,
    }),
  },
  {
    path: "executions",
    handle: handle(overview, { label: "executions.title" }),
    lazy: async () => ({
      Component: (await import("@/features/reservations/executions/ExecutionListPage")).ExecutionListPage,
    }),
  },
  {
    path: "search",
    handle: handle(overview, { label: "search.title" }),
    lazy: async () => ({ Component: (await import("@/features/search/SearchResultsPage")).SearchResultsPage }),
  },
  {
    path: "timeline",
    handle: handle(overview, reservations, { label: "timeline.title" }),
    lazy: async () => ({
      Component: (await import("@/features/reservations/order-timeline/OrderTimelinePage")).OrderTimelinePage,
    }),
  },
  { path: "products/:product_id", element: <MovedPage to={productPage} /> },
  {
    path: "reservations/:reservation_id",
    element: <MovedPage to={(name) => reservationPage({ reservation_id: name, execution_name: name })} />,
  },
  {
    path: "import/:import_id?",
    handle: handle(overview, { label: "import.title" }),
    lazy: async () => ({ Component: (await import("@/features/imports/ImportPage")).ImportPage }),
  },
  { path: "*", handle: handle(overview, { label: "not_found.title" }), Component: NotFoundPage },
];

/** The routes. Paths are behind the hash, so that any file server can serve the page without rewrite rules. */
export function createRouter() {
  return createHashRouter([
    {
      Component: Shell,
      HydrateFallback: Loading,
      children: [{ ErrorBoundary: CrashPage, children: pages }],
    },
  ]);
}
