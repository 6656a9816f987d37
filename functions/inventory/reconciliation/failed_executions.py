"""Executions that failed, timed out or were stopped: their orders are found, and what was paid is committed soon."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from inventory.aws.executions import Execution, Executions
from inventory.aws.task_tokens import without_task_tokens
from inventory.errors import ReservationNotFound, ReservationUnreadable
from inventory.identifiers import IDENTIFIER, KEY, TextRule, is_execution_name, name_of
from inventory.model import ExecutionStatus, FailedExecution, iso
from inventory.reconciliation.failed_execution_store import FailedExecutionStore
from inventory.reservations.store import ReservationStore

# An item of DynamoDB has at most 400 KB, and an input of Step Functions up to 256 KiB.
CONTENT_LENGTH_MAX = 50_000  # characters, of which each has at most 4 bytes
CAUSE_LENGTH_MAX = 32_768  # https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html


@dataclass(frozen=True, slots=True)
class FailedExecutions:
    """The use cases of executions that did not succeed."""

    store: FailedExecutionStore
    reservations: ReservationStore
    executions: Executions

    def record(self, event: Mapping[str, Any], now: datetime) -> FailedExecution:
        """Record a failed execution from the event of its end. The same event again changes nothing.

        A paid reservation is due at once: nobody else commits it.

        Raises:
            KeyError, TypeError, ValueError: it is not an event of a failed execution.
        """
        detail = event["detail"]
        if not isinstance(detail, Mapping):
            raise TypeError("the event has no detail")
        failed = read_event(detail)
        with suppress(ReservationNotFound, ReservationUnreadable):
            self.reservations.mark_due_now(failed.execution_name, now)  # first: nothing that follows may delay it
        if _is_incomplete(detail):
            described = self.executions.find(failed.execution_name)
            if described and described.ended_badly:
                failed = failed_execution(failed.execution_name, described, ended_at=failed.failed_at)
        self.store.add(failed)
        return failed

    def inspect(self, reservation_id: str) -> FailedExecution:
        """A failed execution by its reservation's id or by its name; read from Step Functions if its event has not come.

        Raises:
            ReservationNotFound: there is none, or it still runs, or it succeeded.
        """
        name = name_of(reservation_id)
        found = self.store.find(name) or self.store.find(reservation_id) or self._described(name)
        if found is None and name != reservation_id and is_execution_name(reservation_id):
            found = self._described(reservation_id)  # it was started directly, with another name than its row
        if found is None:
            raise ReservationNotFound(f"there is no reservation {reservation_id}")
        return found

    def _described(self, execution_name: str) -> FailedExecution | None:
        described = self.executions.find(execution_name)
        if described is None or not described.ended_badly:
            return None
        return failed_execution(execution_name, described, ended_at=described.ended_at or iso(datetime.now(UTC)))


def read_event(detail: Mapping[str, Any]) -> FailedExecution:
    """The failed execution in the detail of an event.

    https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html: `input` is absent if it is too
    long for an event, and times are milliseconds since 1970.
    """
    content = detail.get("input")
    return FailedExecution(
        execution_name=_required_text(detail, "name"),
        **_named_in(content, detail["name"]),
        status=ExecutionStatus(detail["status"]),
        failed_at=_time(detail["stopDate"]),
        started_at=_time(detail["startDate"]) if detail.get("startDate") is not None else None,
        error=_readable(detail.get("error")),
        cause=_readable(detail.get("cause"), CAUSE_LENGTH_MAX),
        content=_readable(content, CONTENT_LENGTH_MAX),
    )


def failed_execution(execution_name: str, described: Execution, *, ended_at: str) -> FailedExecution:
    """The failed execution as Step Functions describes it."""
    content = json.dumps(described.content, ensure_ascii=False)
    return FailedExecution(
        execution_name=execution_name,
        **_named_in(content, execution_name),
        status=ExecutionStatus(described.status),
        failed_at=ended_at,
        started_at=described.started_at,
        error=_readable(described.error),
        cause=_readable(described.cause, CAUSE_LENGTH_MAX),
        content=_readable(content, CONTENT_LENGTH_MAX),
    )


def to_admin_json(failed: FailedExecution) -> dict[str, Any]:
    """What administrators see of an execution that has no reservation, in place of one."""
    return failed.to_json() | {
        "status": ExecutionStatus.FAILED,
        "execution_status": failed.status,
        "cause": failed.cause,
        "input": _decoded(failed.content),
    }


def _decoded(content: str | None) -> Any:
    """An input as JSON; as text if it was cut."""
    try:
        return json.loads(_whole_characters(json.dumps(json.loads(content or "null"), ensure_ascii=False)))
    except (ValueError, RecursionError):
        return content


def _is_incomplete(detail: Mapping[str, Any]) -> bool:
    """Whether Step Functions knows more than its event says."""
    return detail.get("input") is None or ("error" not in detail and detail["status"] == ExecutionStatus.FAILED)


def _named_in(content: str | None, execution_name: str) -> dict[str, Any]:
    """The reservation's id and the order's in an input, which may be any JSON: it is what made the execution fail."""
    try:
        request = json.loads(content or "null")
    except (ValueError, RecursionError):
        request = None
    named = request if isinstance(request, dict) else {}
    return {
        "reservation_id": _text_or_none(named.get("reservation_id"), KEY) or execution_name,
        "order_id": _text_or_none(named.get("order_id"), IDENTIFIER),
    }


def _text_or_none(value: object, rule: TextRule) -> str | None:
    return rule.read(value) if isinstance(value, str) else None


def _readable(text: str | None, length_max: int = CAUSE_LENGTH_MAX) -> str | None:
    """A text as it can be stored and shown: without task tokens and halves of characters, and not too long."""
    if not text:
        return None
    return _whole_characters(without_task_tokens(text)[:length_max])


def _whole_characters(text: str) -> str:
    """A text in which a lone surrogate, which JSON can write and UTF-8 cannot, became a question mark."""
    return text.encode(errors="replace").decode()


def _required_text(detail: Mapping[str, Any], name: str) -> str:
    value = detail[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is not a text")
    return value


def _time(milliseconds: float) -> str:
    return iso(datetime.fromtimestamp(milliseconds / 1000, UTC))
