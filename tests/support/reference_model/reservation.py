"""A reservation as the model expects it, and the settings of the shop."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from inventory.model import CustomerLimits, LevelKey
from inventory.stock.sourcing import SourcingPolicy
from tests.support.reference_model.after_sale import ExpectedSale, Happened
from tests.support.reference_model.calls import Lines
from tests.support.reference_model.placement import Asked, Placed, Shortages, units_of

Cart = Lines
# The status of a reservation, its revision, its lines with their sources, and what happened to its sold units.
Seen = tuple[str, int, tuple[tuple[Asked, tuple[tuple[str, int], ...]], ...], tuple[Happened, ...]]


@dataclass
class ExpectedSettings:
    """What the shop allows a new checkout, which may change while others are held."""

    longest_hold: timedelta
    limits: CustomerLimits
    sourcing: SourcingPolicy
    tracks_dispatch: bool


@dataclass
class ExpectedReservation:
    """A reservation, and its payments to return: those still to announce, those announced, and those returned.

    `asked` is what its creation asked, and `lines` what it holds or held, also after changes. `silent` payments were
    returned before anybody was notified, so nobody is.
    """

    asked: dict[Asked, int]
    accepts_part: bool
    lines: Placed
    customer_id: str | None
    status: str
    held_until: datetime
    first_end: datetime  # of its hold, before any extension
    longest_until: datetime
    reason: str | None = None
    shortages: Shortages = field(default_factory=dict)
    reference: str | None = None
    rescued: bool = False
    has_token: bool = False
    revision: int = 0
    changes: int = 0  # of its lines
    sale: ExpectedSale | None = None
    to_announce: set[str] = field(default_factory=set)
    announced: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    returned: set[str] = field(default_factory=set)

    @property
    def holdings(self) -> Counter[LevelKey]:
        return units_of(self.lines)

    @property
    def units(self) -> int:
        return self.holdings.total()

    def states(self) -> set[str]:
        """Its status, and what else decides about its next steps."""
        is_held, is_expired = self.status == "HELD", (self.status, self.reason) == ("RELEASED", "EXPIRED")
        states = {
            "HELD_IN_PART": is_held and self.shortages,
            "CHANGED": is_held and self.changes,
            "EXPIRED": is_expired,
            "EXPIRED_AFTER_A_CHANGE": is_expired and self.changes,
            "ALLOCATED": self.sale and self.sale.allocated,
            "RETURNABLE": self.sale and self.sale.returnable_units(),
        }
        return {self.status, *(state for state, is_so in states.items() if is_so)}

    def seen(self) -> Seen:
        """What an answer and the row say of its lines, and of what happened to them."""
        lines = tuple(
            (line, tuple((key.warehouse_id, units) for key, units in taken.items()))
            for line, taken in self.lines.items()
        )
        return self.status, self.revision, lines, tuple(self.sale.happened()) if self.sale else ()

    @property
    def refunds(self) -> set[str]:
        """The payments to return, and those that were returned."""
        return self.to_announce | self.announced | self.silent
