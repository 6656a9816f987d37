import { useLocation, useMatches } from "react-router";

import { text, type TextKey } from "@/i18n/text";

/** One step of the breadcrumbs. The label is the key of a text, or the name of a query parameter. */
export interface Crumb {
  readonly label: TextKey | { readonly parameter: string };
  /** The path of the page; the current page has none. */
  readonly to?: string;
}

/** The `handle` of a route: its breadcrumbs, the current page last. */
export interface PageHandle {
  readonly crumbs: readonly Crumb[];
}

/** The breadcrumbs of the current route. */
export function useCrumbs(): { text: string; href: string }[] {
  const match = useMatches().at(-1);
  const { pathname, search } = useLocation();
  const query = new URLSearchParams(search);
  const crumbs = (match?.handle as PageHandle | undefined)?.crumbs ?? [];
  return crumbs.map(({ label, to }) => ({
    text: typeof label === "string" ? text(label) : (query.get(label.parameter) ?? ""),
    href: `#${to ?? pathname + search}`,
  }));
}
