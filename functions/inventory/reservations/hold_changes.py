"""Changes the lines of a hold: the shopper's cart changes while the payment is awaited.

The whole new list is held in one transaction of the differences, or the old one stays as it is. The reservation's row
decides every race: a change is written only to the revision of a HELD row that it was planned from. What ends the hold
names the revision too, so it moves the units of the lines that the row has.
"""

import time
from dataclasses import dataclass
from datetime import datetime

from inventory.aws.retries import ATTEMPTS_MAX, RETRY_DEADLINE_SECONDS, pause
from inventory.errors import (
    AlreadyDecided,
    HoldLimitReached,
    InsufficientStock,
    InvalidReservation,
    TransientError,
)
from inventory.identifiers import name_of
from inventory.model import LevelKey, Line, Reservation, Status, iso
from inventory.observability import logger
from inventory.reservations.repeated_calls import RepeatedReservationCalls, ReservationCall
from inventory.reservations.reservation_request import (
    HoldPolicy,
    ReservationRequest,
    raise_if_over_limit,
    request_hash_of,
)
from inventory.reservations.store import HeldLinesChange, NotChanged, ReservationStore
from inventory.stock.shards.choice import from_fullest
from inventory.stock.shards.parts import Holdable
from inventory.stock.shards.settled import settled_plan
from inventory.stock.sourcing import Plan, SourcingPolicy, place
from inventory.stock.store import StockStore


@dataclass(frozen=True, slots=True)
class HoldChanges:
    """The use case of a cart that changes after its hold began."""

    store: ReservationStore
    stock: StockStore
    calls: RepeatedReservationCalls

    def change(
        self, reservation_id: str, key: str, request: ReservationRequest, policy: HoldPolicy, now: datetime
    ) -> Reservation:
        """Hold other lines instead, all or none of them; the end of the hold does not move.

        The same key with the same lines gets the first answer, whatever came since, also if that was a refusal.

        Args:
            request: its lines alone.

        Raises:
            ReservationNotFound: there is no such reservation.
            ReservationConflict: the key was used before, with other content.
            AlreadyDecided: the reservation is no longer held. Until its row says so, it is, also after its end.
            InsufficientStock: some lines are short, although what it holds already was counted.
            HoldLimitReached: the customer would hold more units than one customer may.
            InvalidReservation: a line names stock that does not exist, must name its warehouse, or the lines would be
                taken from too many levels.
            TransientError: the reservation or its levels were written by others in every attempt.
        """
        call = _call(reservation_id, key, request)
        if decided := self.calls.answer(call):
            return decided
        try:
            return self._change(reservation_id, call, request, policy, now)
        except (AlreadyDecided, HoldLimitReached, InsufficientStock, InvalidReservation) as refusal:
            return self.calls.refuse(call, refusal, now)

    def _change(
        self, reservation_id: str, call: ReservationCall, request: ReservationRequest, policy: HoldPolicy, now: datetime
    ) -> Reservation:
        deadline = time.monotonic() + RETRY_DEADLINE_SECONDS
        for attempt in range(ATTEMPTS_MAX):
            read = self.store.get(reservation_id)
            change = self._changed(read, request, policy.sourcing, now)
            changed = change.changed
            made = self.calls.made(call, changed, now)
            match self.store.change_lines(change, policy.customer_limits, made, now):
                case None:
                    _record(read, changed)
                    return changed
                case NotChanged.BEYOND_LIMIT:
                    raise _beyond_limit(read, policy)
            if time.monotonic() > deadline:
                break
            pause(attempt)  # those that were faster may be trying for more
            if decided := self.calls.answer(call):  # another run of the same call may have been one of them
                return decided
        raise TransientError("the reservation or its levels were written by others in every attempt: try again")

    def _changed(
        self, read: Reservation, request: ReservationRequest, policy: SourcingPolicy, now: datetime
    ) -> HeldLinesChange:
        """The reservation with its new lines, each placed.

        Raises:
            AlreadyDecided, InsufficientStock, InvalidReservation: it cannot have them.
        """
        if read.status is not Status.HELD:
            raise AlreadyDecided(f"reservation {read.reservation_id} is {read.status}, not held")
        request.raise_if_not_placed(policy)
        plan, found = self._plan(read, request, policy)
        if plan.shortages:
            raise InsufficientStock("there is not enough of every line, so the hold stays as it is", plan.shortages)
        lines = from_fullest(plan.lines, found.spread, read.holdings)
        changed = read.changed(lines, request_hash_of(read), iso(now))
        raise_if_over_limit(changed)
        return HeldLinesChange(read, changed, frozenset(found.spread))

    def _plan(self, read: Reservation, request: ReservationRequest, policy: SourcingPolicy) -> tuple[Plan, Holdable]:
        """Where the lines are taken from: first from what is held already, and only where that is short, from more."""
        lines = request.merged_lines()
        held = [line.without_shards() for line in read.lines]
        plan = place(lines, {}, policy, held)
        if not plan.shortages:
            return plan, Holdable()
        short = dict.fromkeys(shortage.product_id for shortage in plan.shortages)

        def read_levels() -> Holdable:
            found = Holdable()
            for product_id in short:
                found = found.plus(self.stock.holdable(product_id))
            known = found.units.keys() | read.keys()
            request.raise_if_unknown(line for line in lines if line.product_id in short and not _exists(line, known))
            return found

        return settled_plan(read_levels, lambda found: place(lines, found.units, policy, held))


def _call(reservation_id: str, key: str, request: ReservationRequest) -> ReservationCall:
    lines = sorted([line.product_id, line.warehouse_id or "", line.quantity] for line in request.merged_lines())
    return ReservationCall("changeReservation", (key,), {"reservation": name_of(reservation_id), "lines": lines})


def _exists(line: Line, known: "set[LevelKey]") -> bool:
    """Whether there is a level that a line could be taken from."""
    if line.warehouse_id is None:
        return any(key.product_id == line.product_id for key in known)
    return LevelKey(line.product_id, line.warehouse_id) in known


def _beyond_limit(read: Reservation, policy: HoldPolicy) -> HoldLimitReached:
    units_max = policy.customer_limits.units_max
    return HoldLimitReached(
        f"customer {read.customer_id} would hold more than one customer may at a time: {units_max} units"
    )


def _record(read: Reservation, changed: Reservation) -> None:
    """Log a change. It is no outcome: the metrics count holds and what becomes of them."""
    logger.info(
        "changed",
        reservation_id=changed.reservation_id,
        execution_name=changed.execution_name,
        order_id=changed.order_id,
        revision=changed.revision,
        units_before=read.units,
        units_after=changed.units,
    )
