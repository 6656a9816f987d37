"""Holds the lines of a checkout where they are available, all or what there is of them, or rejects them.

The first attempt reads nothing: a line that names no warehouse is tried in the first one. Only if that is short, or has no
level of the product, the product's levels are read and the lines are placed by a plan. The units may be taken meanwhile,
so the plan is written under the same conditions, and is made again if it fails. A checkout that accepts a part differs in
its plan only.
"""

import time
from dataclasses import replace

from inventory.aws.retries import ATTEMPTS_MAX, RETRY_DEADLINE_SECONDS, pause
from inventory.errors import TransientError
from inventory.model import LevelKey, Line, RejectionReason, Reservation, Status
from inventory.reservations.reservation_request import HoldPolicy, ReservationRequest, raise_if_over_limit
from inventory.reservations.store import HoldRefused, ReservationStore
from inventory.stock.sourcing import SourcingPolicy, place, place_partly
from inventory.stock.store import StockStore
from inventory.values import dataclass


@dataclass(frozen=True, slots=True)
class Placement:
    """Decides where a checkout's lines are taken from, and holds them there."""

    store: ReservationStore
    stock: StockStore

    def hold_or_reject(self, requested: Reservation, request: ReservationRequest, policy: HoldPolicy) -> Reservation:
        """Hold all lines or none, in one transaction; or what there is of them, if the request accepts that.

        Args:
            requested: with its lines where they are tried first.

        Returns:
            The reservation, HELD or REJECTED; or the existing one with this id.

        Raises:
            InvalidReservation: a line names stock that does not exist, or the lines would be taken from too many levels.
            TransientError: every plan was overtaken by other checkouts.
        """
        deadline = time.monotonic() + RETRY_DEADLINE_SECONDS
        for attempt in range(ATTEMPTS_MAX):
            refused = self.store.hold(requested, policy.customer_limits)
            if isinstance(refused, Reservation):
                return refused
            if attempt > 0:
                if time.monotonic() > deadline:
                    break
                pause(attempt)  # those that took the units are trying for more
            requested = self._placed(requested, refused, request, policy.sourcing)
            if requested.status is Status.REJECTED:
                return self.store.reject(requested)
        raise TransientError("other checkouts took the units that were found: try again")

    def _placed(
        self, requested: Reservation, refused: HoldRefused, request: ReservationRequest, policy: SourcingPolicy
    ) -> Reservation:
        """The reservation with its lines placed anew, or REJECTED.

        Args:
            requested: as it was refused, which may be a part of what was asked.
        """
        available, unknown = self._available(requested, refused, policy)
        request.raise_if_unknown(unknown)
        asked = replace(requested, lines=request.merged_lines())
        if refused.beyond_limit:
            return asked.rejected(reason=RejectionReason.HOLD_LIMIT_REACHED)
        plan = (place_partly if request.accepts_partial else place)(asked.lines, available, policy)
        if not plan.lines:
            return asked.rejected(plan.shortages)
        placed = replace(asked, lines=plan.lines, shortages=plan.shortages)
        raise_if_over_limit(placed)
        return placed

    def _available(
        self, requested: Reservation, refused: HoldRefused, policy: SourcingPolicy
    ) -> tuple[dict[LevelKey, int], list[Line]]:
        """What can be held of each level that a plan needs, and the lines of which nothing exists.

        The refusal says enough of a line that names its warehouse, and of one that can be nowhere else.
        """
        available = {holding.key: holding.quantity for holding in requested.holdings} | dict(refused.short)
        unknown = []
        for line in requested.lines:
            keys = {holding.key for holding in line.holdings()}
            is_missing = not keys.isdisjoint(refused.unknown)
            if line.warehouse_id is not None:
                unknown += [line] if is_missing else []
            elif is_missing or (len(policy.warehouses) > 1 and not keys.isdisjoint(refused.short)):
                found = self.stock.holdable(line.product_id)
                unknown += [] if found else [line]
                others = {key: units for key, units in available.items() if key.product_id != line.product_id}
                available = others | found
        return available, unknown
