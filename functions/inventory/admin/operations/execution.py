"""The execution of a reservation as an operator needs it: how it ended, what it was asked and answered, and where to look."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from inventory.admin.row_store import RowStore
from inventory.aws.console import Console
from inventory.aws.executions import Execution, Executions
from inventory.aws.task_tokens import without_task_tokens
from inventory.errors import ReservationNotFound, ReservationUnreadable
from inventory.identifiers import is_execution_name, name_of
from inventory.model import FailedExecution, iso
from inventory.reconciliation.failed_executions import CAUSE_LENGTH_MAX, CONTENT_LENGTH_MAX
from inventory.reservations.store import ReservationStore
from inventory.values import dataclass

BEFORE_THE_START = timedelta(minutes=5)
AFTER_THE_END = timedelta(hours=1)  # what a job or a late payment did afterwards
LOOKED_BACK = timedelta(days=30)  # the logs are kept for so long by default


@dataclass(frozen=True, slots=True)
class ExecutionDetails:
    """An execution, as far as it is known."""

    name: str
    status: str | None  # None: Step Functions no longer has it
    error: str | None = None
    cause: str | None = None
    started_at: str | None = None
    ended_at: str | None = None
    content: Any = None
    output: Any = None
    trace_id: str | None = None

    @classmethod
    def described(cls, name: str, found: Execution) -> "ExecutionDetails":
        """As Step Functions describes it."""
        times = (found.started_at, found.ended_at)
        return cls(*(name, found.status, found.error, found.cause, *times, found.content, found.output, found.trace_id))

    @classmethod
    def recorded(cls, failed: FailedExecution) -> "ExecutionDetails":
        """As its row has kept it, after Step Functions has deleted it."""
        times = (failed.started_at, failed.failed_at)
        return cls(failed.execution_name, None, failed.error, failed.cause, *times, _decoded(failed.content))

    def to_json(self) -> dict[str, Any]:
        return {
            "execution_name": self.name,
            "status": self.status,
            "error": self.error and without_task_tokens(self.error),
            "cause": self.cause and without_task_tokens(self.cause)[:CAUSE_LENGTH_MAX],
            "started_at": self.started_at,
            "ended_at": self.ended_at,
            "input": _shown(self.content),
            "output": _shown(self.output),
            "trace_id": self.trace_id,
        }


@dataclass(frozen=True, slots=True)
class Sights:
    """Where in the console an operator sees what happened."""

    log_group_names: Sequence[str]
    dashboard_name: str

    def links(self, details: ExecutionDetails, arn: str, now: datetime) -> dict[str, str | None]:
        console = Console.of(arn)
        start = _moved(details.started_at, -BEFORE_THE_START) or iso(now - LOOKED_BACK)
        end = _moved(details.ended_at, AFTER_THE_END) or iso(now)
        query = (
            "fields @timestamp, @log, message, status, reason, xray_trace_id, @message\n"
            f"| filter @message like {json.dumps(details.name, ensure_ascii=False)}\n| sort @timestamp"
        )
        return {
            "execution": console.execution(arn),
            "logs": console.logs(query, self.log_group_names, start, end),
            "trace": console.trace(details.trace_id) if details.trace_id else None,
            "dashboard": console.dashboard(self.dashboard_name),
        }


@dataclass(frozen=True, slots=True)
class InspectedExecutions:
    """The use case of one execution."""

    reservations: ReservationStore
    rows: RowStore
    executions: Executions
    sights: Sights

    def inspect(self, reservation_id: str, now: datetime) -> dict[str, Any]:
        """The execution of a reservation, or of one that was never made.

        Raises:
            ReservationNotFound: there is neither a reservation nor an execution of this name.
            ReservationUnreadable: its row cannot be read, and its execution is gone.
        """
        names = self._names(reservation_id)
        details = self._described(names) or self._recorded(names)
        if details is None:
            self.reservations.get(reservation_id)  # if there is none, this says so
            details = ExecutionDetails(names[0], None)
        return details.to_json() | {"links": self.sights.links(details, self.executions.arn(details.name), now)}

    def _names(self, reservation_id: str) -> list[str]:
        """What its execution may be called: as its row says, or as its key; or as it was started directly."""
        with suppress(ReservationNotFound, ReservationUnreadable):
            return [self.reservations.get(reservation_id).execution_name]
        names = [name_of(reservation_id), *([reservation_id] if is_execution_name(reservation_id) else [])]
        return list(dict.fromkeys(names))

    def _described(self, names: Sequence[str]) -> ExecutionDetails | None:
        found = ((name, self.executions.find(name)) for name in names)
        return next((ExecutionDetails.described(name, one) for name, one in found if one), None)

    def _recorded(self, names: Sequence[str]) -> ExecutionDetails | None:
        return next(map(ExecutionDetails.recorded, self.rows.executions(names).values()), None)


def _moved(time: str | None, by: timedelta) -> str | None:
    """A time that is earlier or later; None if there is none, or another tool wrote it in another form."""
    try:
        return iso(datetime.fromisoformat(time) + by) if time else None
    except (ValueError, OverflowError):
        return None


def _shown(content: Any) -> Any:
    """A value without task tokens; as a text that is cut if it is very long."""
    text = json.dumps(content, ensure_ascii=False)
    safe = without_task_tokens(text)
    if len(safe) > CONTENT_LENGTH_MAX:
        return safe[:CONTENT_LENGTH_MAX]
    return content if safe == text else _decoded(safe)


def _decoded(content: str | None) -> Any:
    try:
        return json.loads(content or "null")
    except (ValueError, RecursionError):
        return content
