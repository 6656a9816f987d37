"""The file `figures`: decisions, active reservations and open refunds, as of a snapshot or with what changed since."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

from inventory.read_model.entries import RefundEntry, ReservationEntry
from inventory.read_model.figures.holds import Active, open_refunds_after
from inventory.read_model.figures.outcomes import Outcomes
from inventory.read_model.figures.packing import pack, unpack

ChangedReservations = Mapping[str, ReservationEntry | None]
ChangedRefunds = Mapping[tuple[str, ...], RefundEntry | None]


@dataclass(frozen=True, slots=True)
class Counted:
    """What the overview counts beside levels."""

    outcomes: Outcomes = field(default_factory=Outcomes)
    active: Active = field(default_factory=Active)
    open_refunds: frozenset[int] = frozenset()

    def after(self, reservations: ChangedReservations, refunds: ChangedRefunds) -> "Counted":
        """The same after changes."""
        return Counted(
            self.outcomes.after(reservations),
            self.active.after(reservations),
            open_refunds_after(self.open_refunds, refunds),
        )

    def encode(self) -> bytes:
        """Its file."""
        columns = [*self.active.columns(), array("Q", sorted(self.open_refunds))]
        return pack(self.outcomes.to_json(), columns)

    @classmethod
    def decode(cls, content: bytes | None) -> "Counted":
        """The inverse of `encode`; None: nothing was counted."""
        if content is None:
            return cls()
        header, [names, ends, refunds] = unpack(content)
        return cls(Outcomes.from_json(header), Active.of(names, ends), frozenset(refunds))
