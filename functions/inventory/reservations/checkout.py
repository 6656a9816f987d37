"""Checkouts over HTTP: start an execution, and wait a short time for its decision."""

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
from inventory.reservations.reservation_request import ReservationRequest
from inventory.reservations.store import ReservationStore
from inventory.settings import trace_header

DECIDED_WITHIN_SECONDS = 5.0
FIRST_PAUSE_SECONDS = 0.05
PAUSE_SECONDS_MAX = 0.25


@dataclass(frozen=True, slots=True)
class CheckoutStart:
    """A checkout that was asked for: its reservation once it is decided, and whether this call started it."""

    reservation: Reservation | None
    is_new: bool


def start_checkout(
    reservation_id: str, request: ReservationRequest, *, store: ReservationStore, executions: Executions
) -> CheckoutStart:
    """Start a checkout under its id, or find the existing one with this id.

    Raises:
        InvalidReservation: a line names stock that does not exist.
        ReservationConflict: the id was used before with other content.
        TransientError: the workflow failed to decide; nothing is held.
    """
    existing = _find(reservation_id, store)
    if existing:
        return CheckoutStart(_same_content(existing, request), is_new=False)
    content = request.to_json()
    is_new = executions.start(reservation_id, content, trace_header())
    decided = _await_decision(reservation_id, content, store=store, executions=executions)
    return CheckoutStart(_same_content(decided, request) if decided else None, is_new=is_new)


def raise_unless_cancelled(reservation: Reservation) -> None:
    """Check what a cancellation did.

    Raises:
        AlreadyDecided: it was paid before, so the checkout must return it and cannot cancel it.
    """
    if reservation.status not in (Status.RELEASED, Status.REJECTED):
        raise AlreadyDecided(f"reservation {reservation.reservation_id} is {reservation.status}")


def _find(reservation_id: str, store: ReservationStore) -> Reservation | None:
    try:
        return store.get(reservation_id)
    except ReservationNotFound:
        return None


def _await_decision(
    reservation_id: str, content: Any, *, store: ReservationStore, executions: Executions
) -> Reservation | None:
    """The reservation as soon as it exists; None if that takes longer than a caller should wait."""
    deadline = time.monotonic() + DECIDED_WITHIN_SECONDS
    pause = FIRST_PAUSE_SECONDS
    while time.monotonic() < deadline:
        time.sleep(pause)
        found = _find(reservation_id, store)
        if found:
            return found
        if pause == PAUSE_SECONDS_MAX:  # it takes long: does the execution still run?
            _raise_if_failed(executions.find(reservation_id), content)
        pause = min(PAUSE_SECONDS_MAX, pause * 1.5)
    return None


def _raise_if_failed(execution: Execution | None, content: Any) -> None:
    if execution is None or not execution.ended_badly:
        return
    if execution.content != content:
        raise ReservationConflict("the id was used before, with other content")
    raise _failure(execution)


def _failure(execution: Execution) -> InventoryError:
    """Why nothing was reserved, from the error and the cause of the workflow."""
    if execution.error == "ReservationConflict":
        return ReservationConflict(execution.cause or "the id was used before, with other content")
    if execution.error != "InvalidReservation":
        return TransientError("the reservation could not be decided, and nothing is held: try again under a new key")
    parts = [part.partition(": ") for part in (execution.cause or "").split("; ")]
    return InvalidReservation([FieldError(field, message) for field, _, message in parts])


def _same_content(found: Reservation, request: ReservationRequest) -> Reservation:
    if not found.has_same_content_as(request.held(found.reservation_id, utc_now())):
        raise ReservationConflict(f"reservation {found.reservation_id} exists with other content")
    return found
