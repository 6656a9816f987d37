import Header from "@cloudscape-design/components/header";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { RouterLink } from "@/components/controls/RouterLink";
import { ErrorState } from "@/components/feedback/ErrorState";
import { RefreshFailed } from "@/components/feedback/RefreshFailed";
import { text } from "@/i18n/text";

interface PartTableProps<Item> {
  readonly title: string;
  /** How many there are, beside the title. */
  readonly counter?: string;
  readonly description?: string;
  /** The page with all of them. */
  readonly all: { readonly to: string; readonly label: string };
  readonly query: Pick<
    UseQueryResult,
    "isPending" | "isError" | "isRefetchError" | "error" | "dataUpdatedAt" | "refetch"
  >;
  readonly items: readonly Item[];
  readonly trackBy: TableProps<Item>["trackBy"];
  readonly columns: TableProps<Item>["columnDefinitions"];
  /** What is shown if there are none. */
  readonly none: ReactNode;
}

/** The first entries of a list, as a part of a page: with a link to all, and an error that can be tried again. */
export function PartTable<Item>({
  title,
  counter,
  description,
  all,
  query,
  items,
  trackBy,
  columns,
  none,
}: PartTableProps<Item>) {
  return (
    <Table
      variant="container"
      wrapLines
      cellVerticalAlign="top"
      header={
        <Header
          variant="h2"
          counter={counter}
          description={description}
          actions={<RouterLink to={all.to}>{all.label}</RouterLink>}
        >
          {title}
        </Header>
      }
      filter={items.length > 0 && query.isRefetchError && <RefreshFailed query={query} />}
      ariaLabels={{ tableLabel: title }}
      loading={query.isPending}
      loadingText={text("loading")}
      items={items}
      trackBy={trackBy}
      empty={query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : none}
      columnDefinitions={columns}
    />
  );
}
