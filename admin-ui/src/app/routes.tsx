import { createHashRouter, type RouteObject } from "react-router";

import { Loading } from "@/components/feedback/Loading";
import { type TextKey } from "@/i18n/text";
import { CrashPage } from "./CrashPage";
import { NotFoundPage } from "./NotFoundPage";
import { Shell } from "./shell/Shell";

/** Where a page stands: its own name last, what leads to it before. A text's key, or the name of a path's parameter. */
export interface Crumb {
  readonly label: TextKey | { readonly parameter: string };
  /** Where it leads; the last one leads nowhere. */
  readonly to?: string;
}

export interface PageHandle {
  readonly crumbs: readonly Crumb[];
}

const overview: Crumb = { label: "overview.title", to: "/" };
const stock: Crumb = { label: "stock.title", to: "/stock" };
const reservations: Crumb = { label: "reservations.title", to: "/reservations" };

const handle = (...crumbs: readonly Crumb[]): PageHandle => ({ crumbs });

const pages: RouteObject[] = [
  {
    index: true,
    handle: handle({ label: "overview.title" }),
    lazy: async () => ({ Component: (await import("@/features/overview/OverviewPage")).OverviewPage }),
  },
  {
    path: "stock",
    handle: handle(overview, { label: "stock.title" }),
    lazy: async () => ({ Component: (await import("@/features/stock/stock-list/StockListPage")).StockPage }),
  },
  {
    path: "products/:product_id",
    handle: handle(overview, stock, { label: { parameter: "product_id" } }),
    lazy: async () => ({ Component: (await import("@/features/stock/product-details/ProductDetailsPage")).ProductPage }),
  },
  {
    path: "reservations",
    handle: handle(overview, { label: "reservations.title" }),
    lazy: async () => ({ Component: (await import("@/features/reservations/reservation-list/ReservationListPage")).ReservationsPage }),
  },
  {
    path: "reservations/:reservation_id",
    handle: handle(overview, reservations, { label: { parameter: "reservation_id" } }),
    lazy: async () => ({ Component: (await import("@/features/reservations/reservation-details/ReservationDetailsPage")).ReservationPage }),
  },
  {
    path: "import/:import_id?",
    handle: handle(overview, { label: "import.title" }),
    lazy: async () => ({ Component: (await import("@/features/imports/ImportPage")).ImportPage }),
  },
  { path: "*", handle: handle(overview, { label: "not_found.title" }), Component: NotFoundPage },
];

/** Paths live behind the hash, so the files can be served from anywhere without rules for paths. */
export function createRouter() {
  return createHashRouter([
    {
      Component: Shell,
      HydrateFallback: Loading,
      children: [{ ErrorBoundary: CrashPage, children: pages }],
    },
  ]);
}
