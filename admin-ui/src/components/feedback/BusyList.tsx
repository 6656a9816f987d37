import LiveRegion from "@cloudscape-design/components/live-region";
import { type ReactNode, useLayoutEffect, useRef } from "react";

import { text } from "@/i18n/text";
import styles from "./feedback.module.css";

interface BusyListProps {
  /** Whether the rows are those of another filter, order or page, because the ones that were asked for are loading. */
  isBusy: boolean;
  /** What screen readers hear when the rows have come. */
  announcement: string;
  /** A table. */
  children: ReactNode;
}

/** A list whose old rows stay while others load: dimmed, and so that nobody can act on them. The filters keep working. */
export function BusyList({ isBusy, announcement, children }: BusyListProps) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    for (const rows of list.current?.querySelectorAll("tbody") ?? []) rows.toggleAttribute("inert", isBusy);
  });
  return (
    <div ref={list} aria-busy={isBusy} className={isBusy ? styles["busy"] : undefined}>
      {children}
      <LiveRegion hidden>{isBusy ? text("loading") : announcement}</LiveRegion>
    </div>
  );
}
