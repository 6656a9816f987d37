"""Reference model of a shop: the business rules in plain Python, sequential and without a database."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from inventory.errors import (
    AlreadyDecided,
    BelowReserved,
    InvalidReservation,
    InventoryError,
    PaymentNotFound,
    ReservationConflict,
    TransientError,
)
from inventory.model import CustomerLimits, LevelKey
from inventory.reconciliation.stranded_holds import GRACE
from inventory.stock.low_stock_alerts import OVERDUE

Lines = tuple[tuple[LevelKey, int], ...]


@dataclass
class ExpectedLevel:
    """A level, and the state of the alert of its latest threshold crossing.

    An alert is due when the level becomes low, claimed when a run has taken it on, and sent when it is published.
    """

    on_hand: int
    threshold: int
    reserved: int = 0
    crossings: int = 0
    alert: Literal["none", "due", "claimed", "sent"] = "none"
    claimant: str = ""
    notify_since: datetime = datetime.min

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved

    def is_overdue(self, now: datetime) -> bool:
        """Whether the claimant has had enough time to send the alert."""
        return self.alert == "claimed" and self.notify_since <= now - OVERDUE

    def becomes(self, on_hand: int, threshold: int) -> None:
        """Change units and threshold. Above the threshold the alert is armed again; a downward crossing makes it due."""
        self.on_hand, self.threshold = on_hand, threshold
        if on_hand > threshold:
            self.alert = "none"
        elif self.alert == "none":
            self.alert = "due"
            self.crossings += 1


@dataclass
class ExpectedReservation:
    """A reservation, and its payments to return: those still to announce, those announced, and those returned.

    `silent` ones were returned before anybody was notified, so nobody is.
    """

    lines: dict[LevelKey, int]
    customer_id: str | None
    status: str
    held_until: datetime
    first_end: datetime  # of its hold, before any extension
    longest_until: datetime
    reason: str | None = None
    reference: str | None = None
    rescued: bool = False
    has_token: bool = False
    to_announce: set[str] = field(default_factory=set)
    announced: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    returned: set[str] = field(default_factory=set)

    @property
    def units(self) -> int:
        return sum(self.lines.values())

    @property
    def refunds(self) -> set[str]:
        """The payments to return, and those that were returned."""
        return self.to_announce | self.announced | self.silent


class ReferenceModel:
    """The expected levels, reservations and published messages."""

    def __init__(
        self,
        levels: Mapping[LevelKey, ExpectedLevel],
        *,
        hold: timedelta,
        longest_hold: timedelta,
        limits: CustomerLimits,
    ) -> None:
        self.levels = dict(levels)
        self.reservations: dict[str, ExpectedReservation] = {}
        self.alerts_sent: Counter[LevelKey] = Counter()
        self.sns_works = True
        self._hold = hold
        self.longest_hold = longest_hold  # like the limits, a setting that may change
        self.limits = limits

    # --- reservations

    def reserves(self, reservation_id: str, lines: Lines, customer_id: str | None, now: datetime) -> str:
        """Hold all lines or none, and none beyond the hold limit of the customer."""
        wanted: Counter[LevelKey] = Counter()
        for key, quantity in lines:
            wanted[key] += quantity
        known = self.reservations.get(reservation_id)
        if known and (known.lines, known.customer_id) == (wanted, customer_id):
            return known.status  # whatever the settings say by now
        if self._hold > self.longest_hold:
            raise InvalidReservation([])
        if known:
            raise ReservationConflict
        reason = None if self._may_hold(customer_id, wanted.total()) else "HOLD_LIMIT_REACHED"
        fits = not reason and all(self.levels[key].available >= quantity for key, quantity in wanted.items())
        if fits:
            self._reserve(wanted, +1)
        status = "HELD" if fits else "REJECTED"
        self.reservations[reservation_id] = ExpectedReservation(
            dict(wanted),
            customer_id,
            status,
            held_until=now + self._hold,
            first_end=now + self._hold,
            longest_until=now + self.longest_hold,
            reason=reason,
        )
        return status

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
        return holds < self.limits.holds_max and held_units + units <= self.limits.units_max

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
            self._reserve(found.lines, -1)
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

    def sells(self, reservation_id: str) -> None:
        """Sell the units of a paid reservation."""
        found = self.reservations[reservation_id]
        if found.status == "PAID":
            found.status, found.has_token = "COMMITTED", False
            self._reserve(found.lines, -1)
            self._ship(found.lines)

    def commits(self, reservation_id: str, now: datetime) -> set[LevelKey]:
        """Sell, and claim the alerts of the levels that became low."""
        self.sells(reservation_id)
        found = self.reservations[reservation_id]
        if found.status != "COMMITTED":
            raise AlreadyDecided
        self._claim(found.lines, reservation_id, now)
        return {key for key in found.lines if self._has_claimed(key, reservation_id)}

    # --- payments

    def pays(self, reservation_id: str, reference: str, now: datetime) -> tuple[str, bool]:
        """A payment buys what is held or, if late, what is available; otherwise it is announced for a refund."""
        found = self.reservations[reservation_id]
        if found.status == "HELD":
            found.status, found.reference = "PAID", reference
        elif found.status == "RELEASED" and not self.rescues(reservation_id, reference):
            found.status, found.reference = "UNFULFILLED", reference
        if found.rescued:
            self._claim_and_send(found.lines, now)
        if found.status in ("PAID", "COMMITTED") and found.reference == reference:
            return found.status, True
        if reference not in found.announced | found.silent:
            found.to_announce.add(reference)
            if not self.sns_works:
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

    def rescues(self, reservation_id: str, reference: str) -> bool:
        """A late payment buys an expired hold if all of its lines are available."""
        found = self.reservations[reservation_id]
        fits = all(self.levels[key].available >= quantity for key, quantity in found.lines.items())
        if found.reason == "EXPIRED" and fits:
            found.status, found.reason, found.reference, found.rescued = "COMMITTED", None, reference, True
            self._ship(found.lines)
        return found.rescued

    # --- reconciliation

    def reconciles(self, now: datetime) -> None:
        """Decide every hold that is overdue, and send the pending notifications."""
        for reservation_id, found in self.reservations.items():
            if found.status in ("HELD", "PAID") and found.held_until <= now - GRACE:
                has_token = found.has_token
                if found.status == "PAID":
                    self.sells(reservation_id)
                    self._claim_and_send(found.lines, now)
                else:
                    self.releases(reservation_id, "EXPIRED")
                found.has_token = has_token  # kept, in case the execution still waits
            if self.sns_works:
                found.announced |= found.to_announce
                found.to_announce = set()

    # --- stock

    def changes(self, key: LevelKey, on_hand: int, threshold: int, now: datetime) -> int:
        """A manager counts a level: never below the reserved units. A crossing is alerted at once."""
        level = self.levels[key]
        if (on_hand, threshold) == (level.on_hand, level.threshold):
            return on_hand
        if on_hand < level.reserved:
            raise BelowReserved
        level.becomes(on_hand, threshold)
        self._claim_and_send([key], now)
        return on_hand

    # --- alerts

    def publishes(self, key: LevelKey, claimant: str) -> None:
        """The workflow publishes an alert, even if the level has risen in the meantime."""
        if self.sns_works:
            self.alerts_sent[key] += 1
            if self._has_claimed(key, claimant):
                self.levels[key].alert = "sent"

    def checks(self, now: datetime) -> set[LevelKey]:
        """The scheduled check claims every alert that is due or overdue; returns their levels."""
        taken = {key for key, level in self.levels.items() if level.alert == "due" or level.is_overdue(now)}
        for key in taken:
            self.levels[key].alert = "due"
        self._claim_and_send(taken, now)
        return taken

    def _claim(self, keys: Iterable[LevelKey], claimant: str, now: datetime) -> None:
        for key in keys:
            level = self.levels[key]
            if level.alert == "due":
                level.alert, level.claimant, level.notify_since = "claimed", claimant, now

    def _claim_and_send(self, keys: Iterable[LevelKey], now: datetime) -> None:
        for key in keys:
            if self.levels[key].alert == "due":
                self._claim([key], "another run", now)
                self.publishes(key, "another run")

    def _has_claimed(self, key: LevelKey, claimant: str) -> bool:
        return self.levels[key].alert == "claimed" and self.levels[key].claimant == claimant

    # --- units

    def _reserve(self, lines: Mapping[LevelKey, int], sign: int) -> None:
        for key, quantity in lines.items():
            self.levels[key].reserved += sign * quantity

    def _ship(self, lines: Mapping[LevelKey, int]) -> None:
        for key, quantity in lines.items():
            self.levels[key].becomes(self.levels[key].on_hand - quantity, self.levels[key].threshold)


def outcome(call: Callable[[], Any]) -> Any:
    """The result of a call, or the type of our error that it raises."""
    try:
        return call()
    except InventoryError as error:
        return type(error)
