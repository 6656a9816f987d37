import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useEffect, useRef } from "react";
import { NavigationType, useLocation, useNavigationType } from "react-router";

import { Freshness } from "./Freshness";
import styles from "./page.module.css";

interface PageHeaderProps {
  title: string;
  /** When the page's data was read, in milliseconds: `dataUpdatedAt` of its query. */
  asOf?: number;
  /** From when on its age is shown as a warning. */
  staleAfterMs?: number;
  description?: ReactNode;
  actions?: ReactNode;
  counter?: string;
}

/** A page's h1. It takes the focus after a link was followed, so that screen readers start at the new page. */
export function PageHeader({ title, asOf, staleAfterMs, description, actions, counter }: PageHeaderProps) {
  const heading = useRef<HTMLSpanElement>(null);
  const { pathname, search } = useLocation();
  const navigation = useNavigationType();
  useEffect(() => {
    if (navigation === NavigationType.Push) heading.current?.focus({ preventScroll: true });
  }, [pathname, search, navigation]);

  return (
    <Header
      variant="h1"
      description={description}
      counter={counter}
      actions={
        <SpaceBetween direction="horizontal" size="m" alignItems="center">
          {asOf ? <Freshness asOf={asOf} staleAfterMs={staleAfterMs} /> : null}
          {actions}
        </SpaceBetween>
      }
    >
      <span ref={heading} tabIndex={-1} className={styles["heading"]} id="page-heading">
        {title}
      </span>
    </Header>
  );
}
