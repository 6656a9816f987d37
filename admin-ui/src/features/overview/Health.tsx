import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { useGetHealth } from "@/api/operations/getHealth";
import type { Alarm, Alarms, Books, Difference } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Loading } from "@/components/feedback/Loading";
import { RefreshFailed } from "@/components/feedback/RefreshFailed";
import { Identifier } from "@/components/values/Identifier";
import { useSettings } from "@/hooks/SettingsProvider";
import { useNow } from "@/hooks/useNow";
import { text } from "@/i18n/text";
import { formatDateTime, formatRelative } from "@/lib/formats";
import { productPage } from "@/lib/identifiers/addresses";

const BOOKS_STATUS = { AGREE: "success", DIFFER: "error", UNKNOWN: "warning" } as const;
const ALARMS_STATUS = { OK: "success", ALARM: "error", UNKNOWN: "warning" } as const;

/** Whether the books agree, and which alarms are on. */
export default function Health() {
  const health = useGetHealth();
  return (
    <Container header={<Header variant="h2">{text("health.title")}</Header>}>
      {health.data ? (
        <SpaceBetween size="s">
          <RefreshFailed query={health} />
          <KeyValuePairs
            columns={2}
            minColumnWidth={260}
            items={[
              { label: text("health.books"), value: <BooksState books={health.data.books} /> },
              { label: text("health.alarms"), value: <AlarmsState alarms={health.data.alarms} /> },
            ]}
          />
        </SpaceBetween>
      ) : health.isError ? (
        <ErrorState error={health.error} onRetry={() => void health.refetch()} />
      ) : (
        <Loading />
      )}
    </Container>
  );
}

function BooksState({ books }: { books: Books }) {
  const now = useNow(10_000);
  const { state, checked_at, differences, unsure, first } = books;
  const ago = checked_at === null ? "" : formatAgo(new Date(checked_at), now);
  return (
    <SpaceBetween size="xs">
      <StatusIndicator type={BOOKS_STATUS[state]}>
        {text(`health.books.${state}`, { ago, differences })}
      </StatusIndicator>
      {state === "UNKNOWN" && <div>{text(`health.books.unknown.${whyUnknown(books)}`, { ago })}</div>}
      {first.length > 0 && (
        <ul>
          {first.map((difference) => (
            <li key={JSON.stringify(difference)}>
              <DifferenceOf difference={difference} />
            </li>
          ))}
        </ul>
      )}
      {differences > first.length && <div>{text("health.books.first", { shown: first.length, all: differences })}</div>}
      {differences > 0 && <div>{text("health.books.what_to_do")}</div>}
      {unsure > 0 && <div>{text("health.books.unsure", { unsure })}</div>}
    </SpaceBetween>
  );
}

/** "12 minutes ago", also if the clock of this browser is behind. */
function formatAgo(time: Date, now: number): string {
  return formatRelative(time, new Date(Math.max(now, time.getTime())));
}

function whyUnknown({ checked_at, differences, is_complete }: Books): "never" | "in_part" | "stale" {
  if (checked_at === null) return "never";
  return is_complete || differences > 0 ? "stale" : "in_part";
}

function DifferenceOf({ difference: { product_id, warehouse_id, what } }: { difference: Difference }) {
  return (
    <>
      {product_id !== null && (
        <>
          <RouterLink to={productPage(product_id)}>
            <Identifier value={product_id} />
          </RouterLink>
          {warehouse_id !== null && ` (${warehouse_id})`}:{" "}
        </>
      )}
      {what.join("; ")}
    </>
  );
}

function AlarmsState({ alarms: { state, on } }: { alarms: Alarms }) {
  return (
    <SpaceBetween size="xs">
      <StatusIndicator type={ALARMS_STATUS[state]}>
        {text(`health.alarms.${state}`, { count: on.length })}
      </StatusIndicator>
      {state === "UNKNOWN" && <div>{text("health.alarms.unknown.what")}</div>}
      {on.map((alarm) => (
        <AlarmThatIsOn key={alarm.name} alarm={alarm} />
      ))}
    </SpaceBetween>
  );
}

function AlarmThatIsOn({ alarm: { name, since, description, runbook, console_url } }: { alarm: Alarm }) {
  const settings = useSettings();
  return (
    <div>
      <div>
        {settings.console ? (
          <Link external href={console_url}>
            {name}
          </Link>
        ) : (
          <Box variant="strong">{name}</Box>
        )}
        {`: ${description}`}
      </div>
      <Box color="text-body-secondary" fontSize="body-s">
        {text("health.alarm.since", { time: formatDateTime(new Date(since)) })}
        {runbook !== null && ` ${text("health.alarm.runbook", { runbook })}`}
      </Box>
    </div>
  );
}
