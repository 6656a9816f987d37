"""What has exactly the id that is searched for: read from the tables, so what was written a moment ago is found."""

from collections.abc import Sequence
from dataclasses import field

from inventory.admin.list_store import ListStore, names_of
from inventory.admin.read_budget import ReadBudget
from inventory.admin.row_store import RowStore
from inventory.identifiers import IDENTIFIER
from inventory.model import FailedExecution, Level, Refund, Reservation
from inventory.reservations.refund_store import RefundStore
from inventory.values import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of each kind."""

    levels: list[Level] = field(default_factory=list)
    reservations: list[Reservation] = field(default_factory=list)
    executions: list[FailedExecution] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)

    @property
    def most(self) -> int:
        """How many there are of the kind that has the most."""
        return max(len(self.levels), len(self.reservations), len(self.executions), len(self.refunds))

    def and_more(self, other: "Found") -> "Found":
        """These rows, then others."""
        return Found(
            [*self.levels, *other.levels],
            [*self.reservations, *other.reservations],
            [*self.executions, *other.executions],
            [*self.refunds, *other.refunds],
        )

    def without(self, other: "Found") -> "Found":
        """These rows without those that are among others."""
        levels = {level.key for level in other.levels}
        names = {reservation.name for reservation in other.reservations}
        executions = {failed.execution_name for failed in other.executions}
        refunds = {(refund.reservation_id, refund.payment_reference) for refund in other.refunds}
        return Found(
            [level for level in self.levels if level.key not in levels],
            [reservation for reservation in self.reservations if reservation.name not in names],
            [failed for failed in self.executions if failed.execution_name not in executions],
            [refund for refund in self.refunds if (refund.reservation_id, refund.payment_reference) not in refunds],
        )


@dataclass(frozen=True, slots=True)
class ExactSearch:
    """Finds a product, a reservation, an order, a failed execution, or the payments of a reservation by the whole id.

    No table is keyed by a customer or by a payment alone: these are found by the read model.
    """

    lists: ListStore
    rows: RowStore
    refunds: RefundStore

    def find(self, searched: str, size: int, budget: ReadBudget) -> Found:
        """At most so many rows of each kind, and as many as the budget pays for, one at least of each."""
        identifier = IDENTIFIER.read(searched.strip())
        names = names_of(searched)
        of_order = self.lists.names_of_order(identifier, None, size).entries if identifier else []
        reservations = self._reservations(names, [name for _, name in of_order], budget)[:size]
        refunds = self.refunds.of_reservation(searched, size)
        budget.spend(1 + sum(refund.reservation_status is None for refund in refunds))
        levels = self.rows.levels_of(identifier, budget)[:size] if identifier else []
        itself, _ = self.rows.executions_within(list(dict.fromkeys([*names, searched])), budget)
        failed = self.lists.failed_executions(identifier, None, size, budget).entries if identifier else []
        executions = itself | {execution.execution_name: execution for _, execution in failed}
        return Found(levels, reservations, list(executions.values())[:size], refunds)

    def _reservations(self, names: Sequence[str], of_order: Sequence[str], budget: ReadBudget) -> list[Reservation]:
        """The reservation itself, then those of the order, the newest first."""
        found, _ = self.rows.reservations_within(list(dict.fromkeys([*names, *of_order])), budget)
        itself = [found[name] for name in names if name in found]
        others = [reservation for name, reservation in found.items() if name not in names]
        return [*itself, *sorted(others, key=lambda reservation: reservation.created_at, reverse=True)]
