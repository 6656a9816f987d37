import { useMatches } from "react-router";

import { text, type TextKey } from "@/i18n/text";

/** One step of the breadcrumbs. The label is the key of a text, or the name of a parameter of the path. */
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
  const crumbs = (match?.handle as PageHandle | undefined)?.crumbs ?? [];
  return crumbs.map(({ label, to }) => ({
    text: typeof label === "string" ? text(label) : (match?.params[label.parameter] ?? ""),
    href: `#${to ?? match?.pathname ?? ""}`,
  }));
}
