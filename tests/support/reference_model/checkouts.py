"""Checkouts as the model expects them: reservations and their payments, over the expected stock."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from inventory.errors import (
    AlreadyDecided,
    HoldLimitReached,
    InsufficientStock,
    InvalidReservation,
    InventoryError,
    LevelNotFound,
    NotAllocated,
    NotSold,
    PaymentNotFound,
    ReservationConflict,
    TransientError,
)
from inventory.model import LevelKey, Shortage
from inventory.reconciliation.stranded_holds import GRACE
from inventory.stock.sourcing import Sourcing
from tests.support.reference_model.after_sale import ExpectedSale
from tests.support.reference_model.calls import ExpectedCalls, SentCall, merged
from tests.support.reference_model.feed import ExpectedFeed
from tests.support.reference_model.placement import (
    Asked,
    placed,
    placed_instead,
    placed_partly,
    units_of,
)
from tests.support.reference_model.reservation import Cart, ExpectedReservation, ExpectedSettings, Seen
from tests.support.reference_model.stock import ExpectedStock


class ReferenceModel:
    """The expected stock, reservations and lists of machines."""

    def __init__(self, stock: ExpectedStock, settings: ExpectedSettings, *, hold: timedelta) -> None:
        self.stock = stock
        self.feed = ExpectedFeed(stock)
        self.calls = ExpectedCalls()
        self.reservations: dict[str, ExpectedReservation] = {}
        self.settings = settings
        self._hold = hold

    # --- reservations

    def reserves(
        self, reservation_id: str, cart: Cart, customer_id: str | None, accepts_part: bool, now: datetime
    ) -> str:
        """Hold all lines or none, or what there is of them; and none beyond the hold limit of the customer."""
        asked = merged(cart)
        known = self.reservations.get(reservation_id)
        if known and (known.asked, known.customer_id, known.accepts_part) == (asked, customer_id, accepts_part):
            return known.status  # whatever the settings say by now
        if self._hold > self.settings.longest_hold or not self._is_placeable(asked):
            raise InvalidReservation([])
        if known:
            raise ReservationConflict
        if not all(self.is_known(line) for line in asked):
            raise InvalidReservation([])
        available = {key: level.available for key, level in self.stock.levels.items()}
        may_hold = self._may_hold(customer_id, asked.total())
        place = placed_partly if accepts_part else placed
        lines, shortages = place(asked, available, self.settings.sourcing) if may_hold else ({}, {})
        self.stock.reserve(units_of(lines), +1)
        self.reservations[reservation_id] = ExpectedReservation(
            dict(asked),
            accepts_part,
            lines,
            customer_id,
            "HELD" if lines else "REJECTED",
            held_until=now + self._hold,
            first_end=now + self._hold,
            longest_until=now + self.settings.longest_hold,
            reason=None if may_hold else "HOLD_LIMIT_REACHED",
            shortages=shortages,
        )
        return self.reservations[reservation_id].status

    def _is_placeable(self, asked: Counter[Asked]) -> bool:
        """Whether each line names its warehouse, if it must."""
        return self.settings.sourcing.sourcing is not Sourcing.NAMED or all(warehouse for _, warehouse in asked)

    def is_known(self, line: Asked) -> bool:
        """Whether there is stock of a line: in its warehouse, or anywhere if it names none."""
        return any(line in ((key.product_id, key.warehouse_id), (key.product_id, None)) for key in self.stock.levels)

    def held_by(self, customer_id: str) -> tuple[int, int]:
        """How many reservations and units a customer holds."""
        held = [
            found.units
            for found in self.reservations.values()
            if found.customer_id == customer_id and found.status in ("HELD", "PAID")
        ]
        return len(held), sum(held)

    def _may_hold(self, customer_id: str | None, units: int) -> bool:
        if customer_id is None:
            return True
        holds, held_units = self.held_by(customer_id)
        return holds < self.settings.limits.holds_max and held_units + units <= self.settings.limits.units_max

    def waits(self, reservation_id: str) -> bool:
        """Store the task token; only a hold takes one."""
        found = self.reservations[reservation_id]
        found.has_token = found.has_token or found.status == "HELD"
        return found.status == "HELD"

    def releases(self, reservation_id: str, reason: str) -> str:
        """Give the units of a hold back; in any other status there is nothing to do."""
        found = self.reservations[reservation_id]
        if found.status == "HELD":
            found.status, found.reason = "RELEASED", reason
            found.has_token = found.has_token and reason != "EXPIRED"  # an expired execution waits no more
            self.stock.reserve(found.holdings, -1)
        return found.status

    def extends(self, reservation_id: str, now: datetime) -> datetime | None:
        """Restart the hold, up to the longest hold; its end afterwards.

        After the payment only a call that may repeat an accepted one is accepted. A rescued hold has no end any more.
        """
        found = self.reservations[reservation_id]
        if found.status in ("PAID", "COMMITTED") and found.rescued:
            return None
        if found.status in ("PAID", "COMMITTED") and found.held_until > found.first_end:
            return found.held_until
        if found.status != "HELD":
            raise AlreadyDecided
        found.held_until = max(found.held_until, min(now + self._hold, found.longest_until))
        return found.held_until

    def sells(self, reservation_id: str, now: datetime) -> None:
        """Sell the units of a paid reservation."""
        found = self.reservations[reservation_id]
        if found.status == "PAID":
            found.status, found.has_token = "COMMITTED", False
            self.stock.reserve(found.holdings, -1)
            self._sell(reservation_id, now)

    def commits(self, reservation_id: str, now: datetime) -> set[LevelKey]:
        """Sell, and claim the alerts of the levels that became low."""
        self.sells(reservation_id, now)
        found = self.reservations[reservation_id]
        if found.status != "COMMITTED":
            raise AlreadyDecided
        self.stock.claim(found.holdings, reservation_id, now)
        return {key for key in found.holdings if self.stock.has_claimed(key, reservation_id)}

    # --- changes of a hold

    def changes(self, call: SentCall) -> Seen:
        """Hold other lines, all or none of them; the same call again is answered like the first."""
        return self.calls.once(call, lambda: self._change(call.reservation_id, merged(call.lines or ())))

    def _change(self, reservation_id: str, asked: Counter[Asked]) -> Seen:
        found = self.reservations[reservation_id]
        if found.status != "HELD":
            raise AlreadyDecided
        if not self._is_placeable(asked):
            raise InvalidReservation([])
        available = {key: level.available for key, level in self.stock.levels.items()}
        lines, short = placed_instead(asked, available, self.settings.sourcing, found.lines)
        short_products = {product_id for product_id, _ in short}
        if not all(self.is_known(line) for line in asked if line[0] in short_products):
            raise InvalidReservation([])
        if short:
            raise InsufficientStock(
                "", tuple(Shortage(*line, asked[line], short[line]) for line in asked if line in short)
            )
        if not self._may_hold_more(found.customer_id, asked.total() - found.units):
            raise HoldLimitReached
        found.changes += {line: sum(taken.values()) for line, taken in found.lines.items()} != asked
        self.stock.reserve(found.holdings, -1)
        self.stock.reserve(units_of(lines), +1)
        found.lines, found.shortages = lines, {}
        found.revision += 1
        return found.seen()

    def _may_hold_more(self, customer_id: str | None, units: int) -> bool:
        """Whether a hold of a customer may grow. It may always become smaller, also if the limit is lower by now."""
        if customer_id is None or units <= 0:
            return True
        return self.held_by(customer_id)[1] + units <= self.settings.limits.units_max

    # --- after the sale

    def dispatches(self, call: SentCall, now: datetime) -> Seen:
        """Allocated units leave their warehouses, these or all; once under their reference."""
        sale = self.reservations[call.reservation_id].sale
        if not sale:
            raise NotAllocated  # not kept: it may be sold a moment later
        return self.calls.once(call, lambda: self._dispatch(call, sale, now))

    def _dispatch(self, call: SentCall, sale: ExpectedSale, now: datetime) -> Seen:
        found = self.reservations[call.reservation_id]
        for source, units in sale.dispatches(None if call.lines is None else merged(call.lines)).items():
            self.stock.levels[source].moves(-units, now, allocated=-units)
            self.stock.moved[call.reservation_id, "DISPATCHED", source] += units
        found.revision += 1
        return found.seen()

    def takes_back(self, call: SentCall, now: datetime) -> Seen:
        """Sold units come back, to be sold again or not; once under their key."""
        sale = self.reservations[call.reservation_id].sale
        if not sale and not self.calls.is_decided(call):
            raise NotSold  # not kept: it may be sold a moment later
        return self.calls.once(call, lambda: self._take_back(call, sale, now))

    def _take_back(self, call: SentCall, sale: ExpectedSale | None, now: datetime) -> Seen:
        found = self.reservations[call.reservation_id]
        parts = sale.returns(merged(call.lines or ())) if sale else []
        targets = dict.fromkeys(target for _, target in parts)
        if not targets.keys() <= self.stock.levels.keys():
            raise LevelNotFound
        for target in targets:
            units = [unit for unit, to in parts if to == target]
            away = sum(unit.is_dispatched for unit in units)
            here = len(units) - away
            on_hand = away if call.disposition == "RESTOCK" else -here
            self.stock.levels[target].moves(on_hand, now, allocated=-here)
            self.stock.moved[call.reservation_id, "RETURNED", target] += len(units)
        for unit, _ in parts:
            unit.is_returned = True
        found.revision += 1
        return found.seen()

    # --- payments

    def pays(self, reservation_id: str, reference: str, now: datetime) -> tuple[str, bool]:
        """A payment buys what is held or, if late, what is available; otherwise it is announced for a refund."""
        found = self.reservations[reservation_id]
        if found.status == "HELD":
            found.status, found.reference = "PAID", reference
        elif found.status == "RELEASED" and not self.rescues(reservation_id, reference, now):
            found.status, found.reference = "UNFULFILLED", reference
        if found.rescued:
            self.stock.claim_and_send(found.holdings, now)
        if found.status in ("PAID", "COMMITTED") and found.reference == reference:
            return found.status, True
        if reference not in found.announced | found.silent:
            found.to_announce.add(reference)
            if not self.stock.sns_works:
                raise TransientError
            found.to_announce.remove(reference)
            found.announced.add(reference)
        return found.status, False

    def returns(self, reservation_id: str, reference: str) -> str:
        """The money of a payment that bought nothing is returned; its status."""
        found = self.reservations[reservation_id]
        if reference not in found.refunds:
            raise PaymentNotFound
        found.returned.add(reference)
        if reference in found.to_announce:
            found.to_announce.remove(reference)
            found.silent.add(reference)
        return "RETURNED"

    def rescues(self, reservation_id: str, reference: str, now: datetime) -> bool:
        """A late payment buys an expired hold if all of its lines are available."""
        found = self.reservations[reservation_id]
        fits = all(self.stock.levels[key].available >= quantity for key, quantity in found.holdings.items())
        if found.reason == "EXPIRED" and fits:
            found.status, found.reason, found.reference, found.rescued = "COMMITTED", None, reference, True
            self._sell(reservation_id, now)
        return found.rescued

    def _sell(self, reservation_id: str, now: datetime) -> None:
        found, tracked = self.reservations[reservation_id], self.settings.tracks_dispatch
        found.sale = ExpectedSale.of(found.holdings, tracked=tracked)
        self.stock.sell(reservation_id, found.holdings, now, tracked=tracked)

    # --- reconciliation

    def reconciles(self, now: datetime) -> None:
        """Decide every hold that is overdue, and send the pending notifications."""
        for reservation_id, found in self.reservations.items():
            if found.status in ("HELD", "PAID") and found.held_until <= now - GRACE:
                has_token = found.has_token
                if found.status == "PAID":
                    self.sells(reservation_id, now)
                    self.stock.claim_and_send(found.holdings, now)
                else:
                    self.releases(reservation_id, "EXPIRED")
                found.has_token = has_token  # kept, in case the execution still waits
            if self.stock.sns_works:
                found.announced |= found.to_announce
                found.to_announce = set()


def outcome(call: Callable[[], Any]) -> Any:
    """The result of a call, or the type of our error that it raises, with what is short."""
    try:
        return call()
    except InsufficientStock as error:
        return type(error), error.shortages
    except InventoryError as error:
        return type(error)
