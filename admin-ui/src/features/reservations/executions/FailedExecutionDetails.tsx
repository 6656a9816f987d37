import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { FailedReservation } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { CopyableId } from "@/components/values/CopyableId";
import { useSettings } from "@/hooks/SettingsProvider";
import { text } from "@/i18n/text";
import { timelineOf } from "@/lib/identifiers/addresses";
import { ExecutionSection } from "./ExecutionSection";
import { FailureCause } from "./FailureCause";
import { ScrolledContent } from "./ScrolledContent";
import { whatToDoWithoutReservation } from "./whatToDo";

/** An execution that failed before there was a reservation: what was asked, and why it failed. */
export function FailedExecutionDetails({ execution }: { execution: FailedReservation }) {
  const settings = useSettings();
  const { execution_name, order_id, error, cause, input, execution_console_url } = execution;
  return (
    <SpaceBetween size="l">
      <Alert type="error" header={text("execution.failed", { error: error ?? text("execution.unknown_error") })}>
        <SpaceBetween size="xs">
          <FailureCause cause={cause} />
          <div>{text("execution.failed.what")}</div>
          <div>
            {text(`execution.to_do.${whatToDoWithoutReservation({ error, status: execution.execution_status })}`)}
          </div>
        </SpaceBetween>
      </Alert>
      <Container
        header={
          <Header
            variant="h2"
            actions={
              settings.console && (
                <Link external href={execution_console_url}>
                  {text("reservation.timeline.console")}
                </Link>
              )
            }
          >
            {text("execution.facts")}
          </Header>
        }
      >
        <KeyValuePairs
          columns={3}
          minColumnWidth={170}
          items={[
            {
              label: text("execution.name"),
              value: <CopyableId value={execution_name} label={text("execution.name")} />,
            },
            {
              label: text("reservation.order"),
              value: <CopyableId value={order_id} label={text("reservation.order")} />,
            },
            ...(order_id === null
              ? []
              : [
                  {
                    label: text("reservation.same_order"),
                    value: <RouterLink to={timelineOf({ order_id })}>{text("reservation.timeline.show")}</RouterLink>,
                  },
                ]),
          ]}
        />
      </Container>
      <Container header={<Header variant="h2">{text("execution.input")}</Header>}>
        <ScrolledContent label={text("execution.input")} content={input} />
      </Container>
      <ExecutionSection execution_name={execution_name} isWaiting={false} />
    </SpaceBetween>
  );
}
