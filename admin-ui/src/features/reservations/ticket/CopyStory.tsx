import { useReadExecution } from "@/api/operations/inspectExecution";
import type { FailedReservation, ReservationDetails } from "@/api/types";
import { CopyForTicket } from "./CopyForTicket";
import { storyOf } from "./story";

/** Copies everything about a reservation or a failed order as text for a ticket. */
export function CopyStory({ found }: { found: ReservationDetails | FailedReservation }) {
  const readExecution = useReadExecution();
  return (
    <CopyForTicket story={async () => storyOf(found, await readExecution(found.execution_name).catch(() => null))} />
  );
}
