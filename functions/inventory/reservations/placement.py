"""Holds the lines of a checkout where they are available, all or what there is of them, or rejects them.

The first attempt reads nothing: a line that names no warehouse is tried in the first one. Only if that is short, or has no
level of the product, the product's levels are read and the lines are placed by a plan. The units may be taken meanwhile,
so the plan is written under the same conditions, and is made again if it fails. A checkout that accepts a part differs in
its plan only.
"""

import time
from dataclasses import field, replace

from inventory.aws.retries import ATTEMPTS_MAX, RETRY_DEADLINE_SECONDS, pause
from inventory.errors import TransientError
from inventory.model import Line, RejectionReason, Reservation, Status
from inventory.reservations.reservation_request import HoldPolicy, ReservationRequest, raise_if_over_limit
from inventory.reservations.spread_holds import SpreadHolds
from inventory.reservations.spread_levels import SpreadLevels
from inventory.reservations.store import HoldRefused, ReservationStore
from inventory.stock.shards.choice import from_fullest
from inventory.stock.shards.parts import Holdable
from inventory.stock.shards.settled import settled_plan
from inventory.stock.sourcing import Plan, SourcingPolicy, place, place_partly
from inventory.stock.store import StockStore
from inventory.values import dataclass


@dataclass(frozen=True, slots=True)
class Placement:
    """Decides where a checkout's lines are taken from, and holds them there."""

    store: ReservationStore
    stock: StockStore
    spread: SpreadLevels = field(default_factory=SpreadLevels)

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
        answer = SpreadHolds(self.store, self.stock, self.spread).hold(requested, policy.customer_limits)
        for attempt in range(ATTEMPTS_MAX):
            if isinstance(answer, Reservation):
                return answer
            if attempt > 0:
                if time.monotonic() > deadline:
                    break
                pause(attempt)  # those that took the units are trying for more
            requested, found = self._placed(requested, answer, request, policy.sourcing)
            if requested.status is Status.REJECTED:
                return self.store.reject(requested)
            if attempt < ATTEMPTS_MAX - 1:
                answer = self._hold(requested, found, policy)
        raise TransientError("other checkouts took the units that were found: try again")

    def _hold(self, requested: Reservation, found: Holdable, policy: HoldPolicy) -> Reservation | HoldRefused:
        """Hold lines as they were planned; those of spread levels in the shards that have most."""
        if not found.spread:
            return self.store.hold(requested, policy.customer_limits)
        spread = frozenset(found.spread)
        placed = replace(requested, lines=from_fullest(requested.lines, found.spread))
        raise_if_over_limit(placed)
        try:
            answer = self.store.hold(placed, policy.customer_limits, spread)
        except TransientError:
            return HoldRefused(short={}, unknown=(), beyond_limit=False, spread=spread)
        if isinstance(answer, HoldRefused):
            return replace(answer, spread=spread)
        return answer

    def _placed(
        self, requested: Reservation, refused: HoldRefused, request: ReservationRequest, policy: SourcingPolicy
    ) -> tuple[Reservation, Holdable]:
        """The reservation with its lines placed anew, or REJECTED; and what was read of the levels.

        Args:
            requested: as it was refused, which may be a part of what was asked.
        """
        asked = replace(requested, lines=request.merged_lines())
        place_lines = place_partly if request.accepts_partial else place

        def read() -> Holdable:
            found, unknown = self._available(requested, refused, policy)
            request.raise_if_unknown(unknown)
            return found

        if refused.beyond_limit:
            found = read()
            return asked.rejected(reason=RejectionReason.HOLD_LIMIT_REACHED), found

        def plan_lines(found: Holdable) -> Plan:
            return place_lines(asked.lines, found.units, policy)

        plan, found = settled_plan(read, plan_lines)
        if not plan.lines:
            return asked.rejected(plan.shortages), found
        placed = replace(asked, lines=plan.lines, shortages=plan.shortages)
        raise_if_over_limit(placed)
        return placed, found

    def _available(
        self, requested: Reservation, refused: HoldRefused, policy: SourcingPolicy
    ) -> tuple[Holdable, list[Line]]:
        """What can be held of each level that a plan needs, and the lines of which nothing exists.

        The refusal says enough of a line that names its warehouse, and of one that can be nowhere else; unless its level is
        spread over shards, which must be read.
        """
        known = {holding.key: holding.quantity for holding in requested.holdings} | dict(refused.short)
        at_shards = self.stock.holdable_at(sorted(refused.spread)) if refused.spread else Holdable()
        missing = {*refused.unknown, *(refused.spread - at_shards.units.keys())}
        found = Holdable({key: units for key, units in known.items() if key not in missing}).plus(at_shards)
        unknown = []
        for line in requested.lines:
            keys = {holding.key for holding in line.holdings()}
            is_missing = not keys.isdisjoint(missing)
            is_short = not keys.isdisjoint(refused.short.keys() | refused.spread)
            if line.warehouse_id is not None:
                unknown += [line] if is_missing else []
            elif is_missing or (len(policy.warehouses) > 1 and is_short):
                elsewhere = self.stock.holdable(line.product_id)
                unknown += [] if elsewhere.units else [line]
                found = _without(line.product_id, found).plus(elsewhere)
        return found, unknown


def _without(product_id: str, found: Holdable) -> Holdable:
    return Holdable(
        {key: units for key, units in found.units.items() if key.product_id != product_id},
        {key: level for key, level in found.spread.items() if key.product_id != product_id},
    )
