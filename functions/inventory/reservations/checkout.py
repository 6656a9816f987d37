"""Checkouts over HTTP: start an execution, and wait a short time for its decision."""

import re
import time
from dataclasses import dataclass, replace
from typing import Any

from inventory.aws.executions import Execution, Executions
from inventory.errors import (
    AlreadyDecided,
    FieldError,
    InvalidReservation,
    InventoryError,
    ReservationConflict,
    ReservationNotFound,
    TransientError,
)
from inventory.identifiers import name_of
from inventory.model import Reservation, Status
from inventory.reservations.reservation_request import FIELDS, HoldPolicy, ReservationRequest
from inventory.reservations.store import ReservationStore
from inventory.settings import trace_header
from inventory.stock.store import StockStore

# A message may contain an id, and an id may contain a semicolon.
BEFORE_A_FIELD = re.compile(rf"; (?=(?:{'|'.join(FIELDS)})(?:\[\d+\](?:\.\w+)?)?: )")
DECIDED_WITHIN_SECONDS = 5.0
FIRST_PAUSE_SECONDS = 0.05
PAUSE_SECONDS_MAX = 0.25


@dataclass(frozen=True, slots=True)
class CheckoutStart:
    """A checkout that was asked for: its reservation once it is decided, and whether this call started it."""

    reservation: Reservation | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class Checkouts:
    """Starts checkouts as executions of the workflow."""

    store: ReservationStore
    stock: StockStore
    executions: Executions

    def start(self, reservation_id: str, request: ReservationRequest, policy: HoldPolicy) -> CheckoutStart:
        """Start a checkout under its id, or find the existing one with this id.

        Raises:
            InvalidReservation: the policy does not allow it, a line names stock that does not exist, or the content
                belongs to another id.
            ReservationConflict: the id was used before with other content.
            TransientError: the workflow failed to decide; nothing is held.
        """
        deadline = time.monotonic() + DECIDED_WITHIN_SECONDS
        name = name_of(reservation_id)
        request.id_under(name)  # the body may name it too
        existing = self._find(reservation_id)
        if existing:
            return CheckoutStart(_same_content(existing, request), is_new=False)
        try:
            request.raise_if_against(policy)
        except InvalidReservation:
            if not self._is_running(name, request):
                raise
            # The settings changed after an earlier call, which has started it: all that is left is to wait.
            return _as_start(self._poll(reservation_id, deadline), request, is_new=False)
        self._raise_if_unknown(request, policy)
        content = _content(request, reservation_id)
        is_new = self.executions.start(name, content, trace_header())
        decided = self._await_decision(reservation_id, request, deadline, is_new=is_new)
        return _as_start(decided, request, is_new=is_new)

    def _find(self, reservation_id: str) -> Reservation | None:
        try:
            return self.store.get(reservation_id)
        except ReservationNotFound:
            return None

    def _is_running(self, name: str, request: ReservationRequest) -> bool:
        """Whether an execution with this request runs; False if Step Functions does not answer."""
        try:
            execution = self.executions.find(name, attempts_max=1)
        except TransientError:
            return False
        return execution is not None and execution.status == "RUNNING" and _asks_for(execution.content, request)

    def _raise_if_unknown(self, request: ReservationRequest, policy: HoldPolicy) -> None:
        """Refuse unknown stock before an execution is started, which would fail and keep the id for 90 days."""
        lines = policy.sourcing.at_first(request.merged_lines())
        keys = [holding.key for line in lines for holding in line.holdings()]  # one of each line
        known = self.stock.existing(
            keys
        )  # also unreadable ones: the workflow holds units of a level without a name, too
        missing = [line for line, key in zip(lines, keys, strict=True) if key not in known]
        # A product that is only elsewhere is short, but not unknown.
        request.raise_if_unknown(
            line for line in missing if line.warehouse_id is not None or not self.stock.holdable(line.product_id).units
        )

    def _await_decision(
        self, reservation_id: str, request: ReservationRequest, deadline: float, *, is_new: bool
    ) -> Reservation | None:
        """The reservation as soon as it exists; None if that takes longer than a caller should wait.

        The execution is described once: before the wait if its name was used before, otherwise at the end. All callers
        of an account share 15 descriptions a second.
        """
        if not is_new:
            self._raise_if_failed(reservation_id, request)
        found = self._poll(reservation_id, deadline)
        if is_new and not found:
            self._raise_if_failed(reservation_id, request)
        return found

    def _poll(self, reservation_id: str, deadline: float) -> Reservation | None:
        """The reservation as soon as it exists; None if it does not exist at the deadline."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            time.sleep(pause)
            found = self._find_if_answered(reservation_id)
            if found or time.monotonic() > deadline:
                return found
            pause = min(PAUSE_SECONDS_MAX, pause * 1.5)

    def _find_if_answered(self, reservation_id: str) -> Reservation | None:
        """The reservation, if it exists and the table answers: the checkout is started, and it goes on in any case."""
        try:
            return self._find(reservation_id)
        except TransientError:
            return None

    def _raise_if_failed(self, reservation_id: str, request: ReservationRequest) -> None:
        """Refuse a key whose execution failed, or that another request is using now."""
        try:
            execution = self.executions.find(name_of(reservation_id), attempts_max=1)
        except TransientError:
            return  # throttled: it is not known whether the execution failed, so the checkout is pending
        if execution is None or execution.status == "SUCCEEDED":
            return
        if not _asks_for(execution.content, request):
            raise ReservationConflict("the id was used before, with other content")
        if execution.ended_badly:
            raise _failure(execution)


def raise_unless_cancelled(reservation: Reservation) -> None:
    """Check what a cancellation did. A late payment does not undo it, nor does one that was rescued since.

    Raises:
        AlreadyDecided: it was paid before, so the checkout must return it and cannot cancel it.
    """
    is_over = reservation.status in (Status.RELEASED, Status.REJECTED, Status.UNFULFILLED)
    if not is_over and not reservation.cancelled_after_expiry:
        raise AlreadyDecided(f"reservation {reservation.reservation_id} is {reservation.status}")


def raise_unless_declined(reservation: Reservation, *, retry: bool) -> None:
    """Check what a declined payment did; a repeated call is answered like the first one, whatever came since.

    Args:
        retry: the shopper tries again, so another payment may have succeeded meanwhile.

    Raises:
        AlreadyDecided: it was paid before, or rejected.
    """
    is_over = reservation.status in (Status.HELD, Status.RELEASED, Status.UNFULFILLED)
    is_paid = reservation.status in (Status.PAID, Status.COMMITTED)
    if not is_over and not (is_paid and (retry or reservation.cancelled_after_expiry)):
        raise AlreadyDecided(f"reservation {reservation.reservation_id} is {reservation.status}")


def _failure(execution: Execution) -> InventoryError:
    """Why nothing was reserved, from the error and the cause of the workflow."""
    if execution.error == "ReservationConflict":
        return ReservationConflict(execution.cause or "the id was used before, with other content")
    if execution.error != "InvalidReservation":
        return TransientError("the reservation could not be decided, and nothing is held: try again under a new key")
    cause = execution.cause or "(content): is invalid; the execution names no field"
    parts = [part.partition(": ") for part in BEFORE_A_FIELD.split(cause)]
    return InvalidReservation([FieldError(field, message) for field, _, message in parts])


def _content(request: ReservationRequest, reservation_id: str) -> dict[str, Any]:
    """The input of a request's execution. Equal lines are one, as it may have 256 KiB: 1,000 lines would not fit."""
    key = None if name_of(reservation_id) == reservation_id else reservation_id
    return replace(request, lines=request.merged_lines(), reservation_id=key).to_json()


def _asks_for(content: Any, request: ReservationRequest) -> bool:
    """Whether an execution's input asks for the same. Another service may have started it, and writes it its own way."""
    try:
        return ReservationRequest.parse(content).is_equal_to(request)
    except InvalidReservation:
        return False


def _as_start(decided: Reservation | None, request: ReservationRequest, *, is_new: bool) -> CheckoutStart:
    """What became of a checkout that was started."""
    return CheckoutStart(_same_content(decided, request) if decided else None, is_new=is_new)


def _same_content(found: Reservation, request: ReservationRequest) -> Reservation:
    if not request.is_request_of(found):
        raise ReservationConflict(f"reservation {found.reservation_id} exists with other content")
    return found
