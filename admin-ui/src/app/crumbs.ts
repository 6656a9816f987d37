import { useMatches } from "react-router";

import { text } from "@/i18n/text";
import type { PageHandle } from "./routes";

/** Where one is, as the routes say. */
export function useCrumbs(): { text: string; href: string }[] {
  const match = useMatches().at(-1);
  const crumbs = (match?.handle as PageHandle | undefined)?.crumbs ?? [];
  return crumbs.map(({ label, to }) => ({
    text: typeof label === "string" ? text(label) : (match?.params[label.parameter] ?? ""),
    href: `#${to ?? match?.pathname ?? ""}`,
  }));
}
