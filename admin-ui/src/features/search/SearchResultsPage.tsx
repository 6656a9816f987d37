import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import LiveRegion from "@cloudscape-design/components/live-region";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { useSearchEverything } from "@/api/read-model/searchEverything";
import { RouterLink } from "@/components/controls/RouterLink";
import { SearchField } from "@/components/controls/SearchField";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Loading } from "@/components/feedback/Loading";
import { ReadModelNotice } from "@/components/feedback/ReadModelNotice";
import { PageHeader } from "@/components/page/PageHeader";
import { searchText, useUrlState } from "@/hooks/useUrlState";
import { text } from "@/i18n/text";
import { formatNumber } from "@/lib/formats";
import { reservationsFoundBy, stockFoundBy } from "@/lib/identifiers/addresses";
import { type Hit, hitsOf, type Kind, KINDS } from "./hits";
import styles from "./search.module.css";

const FIELDS = { query: searchText };

/** Everything that a search finds: products, reservations, failed orders and payments to return. */
export function SearchResultsPage() {
  const [{ query }, setFields] = useUrlState(FIELDS);
  const results = useSearchEverything(query);
  const hits = results.data && !results.isPlaceholderData ? hitsOf(results.data) : null;
  return (
    <ContentLayout header={<PageHeader title={text("search.title")} />}>
      <SpaceBetween size="l">
        <SearchField value={query} label={text("search.label")} onChange={(query) => setFields({ query })} />
        <ReadModelNotice state={results.data?.read_model} />
        <div aria-busy={query !== "" && hits === null && !results.isError}>
          {query === "" ? (
            <EmptyState title={text("search.empty")} />
          ) : hits ? (
            <Results query={query} results={results} hits={hits} />
          ) : results.isError ? (
            <ErrorState error={results.error} onRetry={() => void results.refetch()} />
          ) : (
            <Loading />
          )}
          <LiveRegion hidden>{hits ? text("list.loaded", { count: hits.length }) : ""}</LiveRegion>
        </div>
      </SpaceBetween>
    </ContentLayout>
  );
}

interface ResultsProps {
  query: string;
  results: Pick<ReturnType<typeof useSearchEverything>, "hasNextPage" | "isFetchingNextPage" | "fetchNextPage">;
  hits: readonly Hit[];
}

function Results({ query, results: { hasNextPage, isFetchingNextPage, fetchNextPage }, hits }: ResultsProps) {
  const found = KINDS.filter((kind) => hits.some((hit) => hit.kind === kind));
  return (
    <SpaceBetween size="l">
      {found.length === 0 &&
        (hasNextPage ? (
          <EmptyState title={text("list.none_yet")}>{text("list.none_yet.why")}</EmptyState>
        ) : (
          <EmptyState title={text("search.none", { query })}>{text("search.none.why")}</EmptyState>
        ))}
      {found.map((kind) => (
        <Hits
          key={kind}
          kind={kind}
          query={query}
          hits={hits.filter((hit) => hit.kind === kind)}
          hasMore={hasNextPage}
        />
      ))}
      {hasNextPage && (
        <Box textAlign="center">
          <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {text("search.more")}
          </Button>
        </Box>
      )}
      {!hasNextPage && found.length > 0 && (
        <Box textAlign="center">
          <StatusIndicator type="success">{text("search.all", { count: hits.length })}</StatusIndicator>
        </Box>
      )}
    </SpaceBetween>
  );
}

/** The lists that can show more of a kind, with filters. */
const LISTS: Partial<Record<Kind, (query: string) => string>> = {
  levels: stockFoundBy,
  reservations: reservationsFoundBy,
};

interface HitsProps {
  kind: Kind;
  query: string;
  hits: readonly Hit[];
  /** Whether the search goes on, so that there can be more of this kind. */
  hasMore: boolean;
}

function Hits({ kind, query, hits, hasMore }: HitsProps) {
  const listOf = LISTS[kind];
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${formatNumber(hits.length)}${hasMore ? "+" : ""})`}
          actions={listOf && <RouterLink to={listOf(query)}>{text("search.list")}</RouterLink>}
        >
          {text(`search.kind.${kind}`)}
        </Header>
      }
    >
      <ul className={styles["hits"]}>
        {hits.map(({ label, description, to }) => (
          <li key={`${to} ${label}`}>
            <RouterLink to={to}>{label}</RouterLink>
            <Box color="text-body-secondary" fontSize="body-s">
              {description}
            </Box>
          </li>
        ))}
      </ul>
    </Container>
  );
}
