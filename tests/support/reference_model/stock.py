"""Levels as the model expects them: their units, what happened to the shelf, and their alerts."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from inventory.errors import BelowReserved, LevelNotFound
from inventory.model import LevelKey
from inventory.stock.low_stock_alerts import OVERDUE


@dataclass
class ExpectedLevel:
    """A level, and the state of the alert of its latest threshold crossing.

    An alert is due when the level becomes low, claimed when a run has taken it on, and sent when it is published. `shelf`
    are the movements of the units themselves; a count only corrects the books.
    """

    on_hand: int
    threshold: int
    described_at: datetime
    counted_as_of: datetime | None = None
    reserved: int = 0
    allocated: int = 0
    crossings: int = 0
    alert: Literal["none", "due", "claimed", "sent"] = "none"
    claimant: str = ""
    notify_since: datetime = datetime.min
    shelf: list[tuple[datetime, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.on_hand <= self.threshold:  # a level that begins low has not become low
            self.alert = "sent"

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved - self.allocated

    @property
    def kept(self) -> int:
        """The units that nobody may remove: they are held, or sold and not dispatched."""
        return self.reserved + self.allocated

    def is_overdue(self, now: datetime) -> bool:
        """Whether the claimant has had enough time to send the alert."""
        return self.alert == "claimed" and self.notify_since <= now - OVERDUE

    def moved_since(self, moment: datetime) -> int:
        """What happened to the shelf after a moment."""
        return sum(delta for at, delta in self.shelf if at > moment)

    def moves(self, delta: int, now: datetime, *, allocated: int = 0) -> None:
        """Units come or go, or are allocated or no longer so."""
        self.shelf.append((now, delta))
        self.allocated += allocated
        self.becomes(self.on_hand + delta)

    def describes(self, threshold: int, now: datetime) -> None:
        """Change the threshold; the units are written next."""
        if threshold != self.threshold:
            self.threshold, self.described_at = threshold, now

    def becomes(self, on_hand: int) -> None:
        """Change the units. Above the threshold the alert is armed again; a downward crossing makes it due.

        Units that are sold and not dispatched do not count.
        """
        self.on_hand = on_hand
        if on_hand - self.allocated > self.threshold:
            self.alert = "none"
        elif self.alert == "none":
            self.alert = "due"
            self.crossings += 1


@dataclass
class ExpectedStock:
    """The expected levels, the alerts that were published, and what moved after the hold."""

    levels: dict[LevelKey, ExpectedLevel] = field(default_factory=dict)
    alerts_sent: Counter[LevelKey] = field(default_factory=Counter)
    # The units of reservations that were sold, dispatched and returned, by the movements that must say so.
    moved: Counter[tuple[str, str, LevelKey]] = field(default_factory=Counter)
    sns_works: bool = True

    # --- changes by hand

    def counts(self, key: LevelKey, on_hand: int, threshold: int, now: datetime) -> int:
        """A manager counts a level, never below the reserved units, or makes it. A crossing is alerted at once."""
        level = self.levels.get(key)
        if level is None:
            self.levels[key] = ExpectedLevel(on_hand, threshold, now, counted_as_of=now, shelf=[(now, on_hand)])
            return on_hand
        if (on_hand, threshold) == (level.on_hand, level.threshold):
            return on_hand
        if on_hand < level.kept:
            raise BelowReserved
        if on_hand != level.on_hand:
            level.counted_as_of = now
        level.describes(threshold, now)
        level.becomes(on_hand)
        self.claim_and_send([key], now)
        return on_hand

    def adjusts(self, key: LevelKey, delta: int, now: datetime) -> int:
        """A manager adds units or removes some."""
        level = self.levels.get(key)
        if level is None:
            raise LevelNotFound
        if level.on_hand + delta < level.kept:
            raise BelowReserved
        level.moves(delta, now)
        self.claim_and_send([key], now)
        return level.on_hand

    # --- checkouts

    def reserve(self, holdings: Mapping[LevelKey, int], sign: int) -> None:
        """Reserve units, or with a sign of -1 give them back."""
        for key, quantity in holdings.items():
            self.levels[key].reserved += sign * quantity

    def sell(self, name: str, holdings: Mapping[LevelKey, int], now: datetime, *, tracked: bool) -> None:
        """Sell units that are not reserved, or not any more. Those of a tracked sale stay, as allocated."""
        for key, quantity in holdings.items():
            self.moved[name, "SOLD", key] += quantity
            self.levels[key].moves(0 if tracked else -quantity, now, allocated=quantity if tracked else 0)

    # --- alerts

    def publishes(self, key: LevelKey, claimant: str) -> None:
        """The workflow publishes an alert, even if the level has risen in the meantime."""
        if self.sns_works:
            self.alerts_sent[key] += 1
            if self.has_claimed(key, claimant):
                self.levels[key].alert = "sent"

    def checks(self, now: datetime) -> set[LevelKey]:
        """The scheduled check claims every alert that is due or overdue; returns their levels."""
        taken = {key for key, level in self.levels.items() if level.alert == "due" or level.is_overdue(now)}
        for key in taken:
            self.levels[key].alert = "due"
        self.claim_and_send(taken, now)
        return taken

    def claim(self, keys: Iterable[LevelKey], claimant: str, now: datetime) -> None:
        """Claim the alerts that are due."""
        for key in keys:
            level = self.levels[key]
            if level.alert == "due":
                level.alert, level.claimant, level.notify_since = "claimed", claimant, now

    def claim_and_send(self, keys: Iterable[LevelKey], now: datetime) -> None:
        """Claim and publish the alerts that are due."""
        for key in keys:
            if self.levels[key].alert == "due":
                self.claim([key], "another run", now)
                self.publishes(key, "another run")

    def has_claimed(self, key: LevelKey, claimant: str) -> bool:
        """Whether the alert is this claimant's to send."""
        return self.levels[key].alert == "claimed" and self.levels[key].claimant == claimant
