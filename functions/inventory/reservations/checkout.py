"""Checkouts over HTTP: an execution is started, and its decision awaited for a short while."""

import time
from dataclasses import dataclass
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
from inventory.model import Reservation, Status, utc_now
from inventory.reservations.requests import ReservationRequest
from inventory.reservations.store import ReservationStore
from inventory.settings import trace_header

DECIDED_WITHIN_SECONDS = 5.0
FIRST_PAUSE_SECONDS = 0.05
PAUSE_SECONDS_MAX = 0.25


@dataclass(frozen=True, slots=True)
class CheckoutStart:
    """A checkout that was asked for: its reservation once it is decided, and whether this call began it."""

    reservation: Reservation | None
    is_new: bool


def start_checkout(
    reservation_id: str,
    request: ReservationRequest,
    *,
    reservations: ReservationStore,
    executions: Executions,
) -> CheckoutStart:
    """Start a checkout under its id, or find the one that has the id already.

    Raises:
        InvalidReservation: a line names stock that does not exist.
        ReservationConflict: the id was used before with other content.
        Busy: the workflow failed to decide; nothing is held.
    """
    found = _find(reservation_id, reservations)
    if found:
        return CheckoutStart(_the_same(found, request), is_new=False)
    content = request.model_dump(mode="json", exclude_none=True)
    is_new = executions.start(reservation_id, content, trace_header())
    decided = _await_decision(reservation_id, content, reservations=reservations, executions=executions)
    return CheckoutStart(_the_same(decided, request) if decided else None, is_new=is_new)


def cancelled(reservation: Reservation) -> Reservation:
    """What a cancellation answers.

    Raises:
        AlreadyDecided: it was paid before, so there is something to return, not to cancel.
    """
    if reservation.status in (Status.RELEASED, Status.REJECTED):
        return reservation
    raise AlreadyDecided(f"reservation {reservation.reservation_id} is {reservation.status}")


def _find(reservation_id: str, reservations: ReservationStore) -> Reservation | None:
    try:
        return reservations.reservation(reservation_id)
    except ReservationNotFound:
        return None


def _await_decision(
    reservation_id: str, content: Any, *, reservations: ReservationStore, executions: Executions
) -> Reservation | None:
    """The reservation as soon as its row is there; None when it takes longer than a caller should wait."""
    deadline = time.monotonic() + DECIDED_WITHIN_SECONDS
    pause = FIRST_PAUSE_SECONDS
    while time.monotonic() < deadline:
        time.sleep(pause)
        found = _find(reservation_id, reservations)
        if found:
            return found
        if pause == PAUSE_SECONDS_MAX:  # it takes its time: is there still something to wait for?
            _raise_if_it_failed(executions.find(reservation_id), content)
        pause = min(PAUSE_SECONDS_MAX, pause * 1.5)
    return None


def _raise_if_it_failed(execution: Execution | None, content: Any) -> None:
    if execution is None or not execution.ended_badly:
        return
    if execution.content != content:
        raise ReservationConflict("the id was used before, with other content")
    raise _failure(execution)


def _failure(execution: Execution) -> InventoryError:
    """Why nothing was reserved, from what the workflow left as its cause."""
    if execution.error == "ReservationConflict":
        return ReservationConflict(execution.cause or "the id was used before, with other content")
    if execution.error != "InvalidReservation":
        return TransientError("the reservation could not be decided, and nothing is held: try again under a new key")
    parts = [part.partition(": ") for part in (execution.cause or "").split("; ")]
    return InvalidReservation([FieldError(field, message) for field, _, message in parts])


def _the_same(found: Reservation, request: ReservationRequest) -> Reservation:
    if not found.has_same_content_as(request.held(found.reservation_id, utc_now())):
        raise ReservationConflict(f"reservation {found.reservation_id} exists with other content")
    return found
