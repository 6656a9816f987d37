"""What must become of a shop: the rules in plain Python, one call after the other, without a database."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from inventory.errors import (
    AlreadyDecided,
    BelowReserved,
    InventoryError,
    ReservationConflict,
    TransientError,
)
from inventory.model import CustomerLimits, LevelKey
from inventory.reconciliation.stranded_holds import GRACE
from inventory.stock.low_stock_alerts import OVERDUE

Lines = tuple[tuple[LevelKey, int], ...]


@dataclass
class ExpectedLevel:
    """A level, and how far the alert of its latest crossing has come."""

    on_hand: int
    threshold: int
    reserved: int = 0
    crossings: int = 0
    alert: Literal["none", "due", "owed", "out"] = "none"
    owed_by: str = ""
    notify_since: datetime = datetime.min

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved

    def is_overdue(self, now: datetime) -> bool:
        """Whether whoever owes the alert has had long enough."""
        return self.alert == "owed" and self.notify_since <= now - OVERDUE

    def becomes(self, on_hand: int, threshold: int) -> None:
        """Change what is there: above the threshold the alert is armed, and a crossing makes one due."""
        self.on_hand, self.threshold = on_hand, threshold
        if on_hand > threshold:
            self.alert = "none"
        elif self.alert == "none":
            self.alert = "due"
            self.crossings += 1


@dataclass
class ExpectedReservation:
    """A reservation, and the payments that bought nothing."""

    lines: dict[LevelKey, int]
    customer_id: str | None
    status: str
    held_until: datetime
    created_at: datetime
    reason: str | None = None
    reference: str | None = None
    rescued: bool = False
    has_token: bool = False
    to_announce: set[str] = field(default_factory=set)
    announced: set[str] = field(default_factory=set)

    @property
    def units(self) -> int:
        return sum(self.lines.values())


class ReferenceModel:
    """The books, and every message that must be out by now."""

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
        self.alerts_out: Counter[LevelKey] = Counter()
        self.sns_works = True
        self._hold = hold
        self._longest_hold = longest_hold
        self._limits = limits

    # --- reservations

    def reserves(self, reservation_id: str, lines: Lines, customer_id: str | None, now: datetime) -> str:
        """Hold all of it, or nothing; and nothing beyond what a customer may hold, however much there is."""
        wanted: Counter[LevelKey] = Counter()
        for key, quantity in lines:
            wanted[key] += quantity
        known = self.reservations.get(reservation_id)
        if known:
            if (known.lines, known.customer_id) != (wanted, customer_id):
                raise ReservationConflict
            return known.status
        reason = None if self._may_hold(customer_id, wanted.total()) else "HOLD_LIMIT_REACHED"
        fits = not reason and all(self.levels[key].available >= quantity for key, quantity in wanted.items())
        if fits:
            self._reserve(wanted, +1)
        status = "HELD" if fits else "REJECTED"
        self.reservations[reservation_id] = ExpectedReservation(
            dict(wanted), customer_id, status, now + self._hold, now, reason
        )
        return status

    def held_by(self, customer_id: str) -> tuple[int, int]:
        """How many reservations a customer holds, and how many units in them."""
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
        return holds < self._limits.holds_max and held_units + units <= self._limits.units_max

    def waits(self, reservation_id: str) -> bool:
        """Only a hold is waited for."""
        found = self.reservations[reservation_id]
        found.has_token = found.has_token or found.status == "HELD"
        return found.status == "HELD"

    def ends(self, reservation_id: str, reason: str) -> str:
        """A hold's units go back; nothing else has any."""
        found = self.reservations[reservation_id]
        if found.status == "HELD":
            found.status, found.reason = "RELEASED", reason
            found.has_token = found.has_token and reason != "EXPIRED"  # to end the wait with
            self._reserve(found.lines, -1)
        return found.status

    def extends(self, reservation_id: str, now: datetime) -> datetime:
        """A hold starts anew, up to the longest."""
        found = self.reservations[reservation_id]
        if found.status != "HELD":
            raise AlreadyDecided
        found.held_until = max(found.held_until, min(now + self._hold, found.created_at + self._longest_hold))
        return found.held_until

    def sells(self, reservation_id: str) -> None:
        """What is paid leaves the warehouse."""
        found = self.reservations[reservation_id]
        if found.status == "PAID":
            found.status, found.has_token = "COMMITTED", False
            self._reserve(found.lines, -1)
            self._ship(found.lines)

    def commits(self, reservation_id: str, now: datetime) -> set[LevelKey]:
        """Sell, and take on the alerts of the levels that are low by it."""
        self.sells(reservation_id)
        found = self.reservations[reservation_id]
        if found.status != "COMMITTED":
            raise AlreadyDecided
        self._claim(found.lines, reservation_id, now)
        return {key for key in found.lines if self._owes(key, reservation_id)}

    # --- payments

    def pays(self, reservation_id: str, reference: str, now: datetime) -> tuple[str, bool]:
        """A payment buys what is held or, late, what is available; otherwise ops are told of it."""
        found = self.reservations[reservation_id]
        if found.status == "HELD":
            found.status, found.reference = "PAID", reference
        elif found.status == "RELEASED" and not self.rescues(reservation_id, reference):
            found.status, found.reference = "UNFULFILLED", reference
        if found.rescued:
            self._claim_and_send(found.lines, now)
        if found.status in ("PAID", "COMMITTED") and found.reference == reference:
            return found.status, True
        if reference not in found.announced:
            found.to_announce.add(reference)
            if not self.sns_works:
                raise TransientError
            found.to_announce.remove(reference)
            found.announced.add(reference)
        return found.status, False

    def rescues(self, reservation_id: str, reference: str) -> bool:
        """What ran out is bought late, if all of it is available."""
        found = self.reservations[reservation_id]
        fits = all(self.levels[key].available >= quantity for key, quantity in found.lines.items())
        if found.reason == "EXPIRED" and fits:
            found.status, found.reason, found.reference, found.rescued = "COMMITTED", None, reference, True
            self._ship(found.lines)
        return found.rescued

    # --- reconciliation

    def reconciles(self, now: datetime) -> None:
        """What is past its hold is decided, and ops are told of what they were not told."""
        for reservation_id, found in self.reservations.items():
            if found.status in ("HELD", "PAID") and found.held_until <= now - GRACE:
                has_token = found.has_token
                if found.status == "PAID":
                    self.sells(reservation_id)
                    self._claim_and_send(found.lines, now)
                else:
                    self.ends(reservation_id, "EXPIRED")
                found.has_token = has_token  # to end the wait with, if there is one after all
            if self.sns_works:
                found.announced |= found.to_announce
                found.to_announce = set()

    # --- stock

    def changes(self, key: LevelKey, on_hand: int, threshold: int, now: datetime) -> int:
        """A manager's count: never below what is reserved; a crossing is told at once."""
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
        """The workflow tells of a crossing, also when the level has risen meanwhile."""
        if self.sns_works:
            self.alerts_out[key] += 1
            if self._owes(key, claimant):
                self.levels[key].alert = "out"

    def checks(self, now: datetime) -> set[LevelKey]:
        """What nobody has taken on, and what is owed for too long: the levels whose alert the check takes on."""
        taken = {key for key, level in self.levels.items() if level.alert == "due" or level.is_overdue(now)}
        for key in taken:
            self.levels[key].alert = "due"
        self._claim_and_send(taken, now)
        return taken

    def _claim(self, keys: Iterable[LevelKey], claimant: str, now: datetime) -> None:
        for key in keys:
            level = self.levels[key]
            if level.alert == "due":
                level.alert, level.owed_by, level.notify_since = "owed", claimant, now

    def _claim_and_send(self, keys: Iterable[LevelKey], now: datetime) -> None:
        for key in keys:
            if self.levels[key].alert == "due":
                self._claim([key], "a run of its own", now)
                self.publishes(key, "a run of its own")

    def _owes(self, key: LevelKey, claimant: str) -> bool:
        return self.levels[key].alert == "owed" and self.levels[key].owed_by == claimant

    # --- units

    def _reserve(self, lines: Mapping[LevelKey, int], sign: int) -> None:
        for key, quantity in lines.items():
            self.levels[key].reserved += sign * quantity

    def _ship(self, lines: Mapping[LevelKey, int]) -> None:
        for key, quantity in lines.items():
            self.levels[key].becomes(self.levels[key].on_hand - quantity, self.levels[key].threshold)


def outcome(call: Callable[[], Any]) -> Any:
    """What a call answers, or which of our errors it raises."""
    try:
        return call()
    except InventoryError as error:
        return type(error)
