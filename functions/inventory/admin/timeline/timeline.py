"""The use case of timelines: all reservations of an order or of a customer, and what happened to them."""

from collections.abc import Iterable, Sequence
from itertools import chain, islice

from inventory.admin.list_store import ListStore
from inventory.admin.pagination import Batch, Page, Position, fingerprint, own_position, read_cursor
from inventory.admin.phase_list import NONE
from inventory.admin.queries import TimelineQuery
from inventory.admin.read_budget import UNITS_MAX, ReadBudget
from inventory.admin.row_store import RowStore
from inventory.admin.timeline.entries import Entry, entries_of_reservation, entry_of_execution
from inventory.errors import ReadModelMissing
from inventory.model import FailedExecution, Reservation
from inventory.read_model.entries import Kind
from inventory.read_model.reader import SEARCH_UNITS_MAX, Freshness, ReadModel
from inventory.read_model.search.search import POSITION_PARTS, Search
from inventory.reservations.refunds import Refunds
from inventory.values import dataclass

# A reservation has several entries. Its execution and its payments are read in addition, and the journal for a customer's.
RESERVATIONS_A_PAGE = 20
EXECUTIONS_A_PAGE = 20
OPENING_UNITS = 10  # the read model's manifest and progress, or the keys of an order; and as sizes are estimated
FAILED_UNITS_MAX = 30  # of the failed executions of an order
ROW_UNITS_MAX = UNITS_MAX - OPENING_UNITS - max(SEARCH_UNITS_MAX, FAILED_UNITS_MAX)
END = "#"  # like NONE, no name of an execution: everything of this kind was listed


@dataclass(frozen=True, slots=True)
class Timelines:
    """Timelines of orders, from the tables, and of customers, whose reservations only the read model lists."""

    lists: ListStore
    rows: RowStore
    refunds: Refunds
    read_model: ReadModel

    def page(self, query: TimelineQuery) -> tuple[Page[Entry], Freshness | None]:
        """A page of a timeline, the newest first; of a customer's, also how old it is.

        Raises:
            InvalidRequest: the cursor is from another timeline.
            ReadModelMissing: the reservations of a customer are not known now.
        """
        mark = fingerprint("timeline", query.order_id, query.customer_id)
        if query.order_id:
            return self._of_order(query.order_id, read_cursor(query.cursor, parts=4), mark), None
        return self._of_customer(query.customer_id or "", read_cursor(query.cursor, parts=1 + POSITION_PARTS), mark)

    def _of_order(self, order_id: str, start: Position | None, mark: str) -> Page[Entry]:
        """Its reservations and its failed executions, of which many have no reservation, page by page side by side."""
        position = own_position(start, mark) or (NONE, NONE, NONE)
        names = self._names(order_id, position[:1])
        failed = self._failed(order_id, position[1:])
        listed = [name for _, name in names.entries]
        entries, number = self._entries(listed, [execution for _, execution in failed.entries])
        names_next = names.entries[number - 1][0] if number < len(listed) else names.next
        ended = names_next is None and failed.next is None
        following = (mark, *(names_next or (END,)), *(failed.next or (END, END)))
        return Page(entries, None if ended else following)

    def _names(self, order_id: str, at: Position) -> Batch[str]:
        """The next reservations of an order."""
        if END in at:
            return Batch([], None)
        return self.lists.names_of_order(order_id, None if NONE in at else at, RESERVATIONS_A_PAGE)

    def _failed(self, order_id: str, at: Position) -> Batch[FailedExecution]:
        """The next failed executions of an order."""
        if END in at:
            return Batch([], None)
        start = None if NONE in at else at
        return self.lists.failed_executions(order_id, start, EXECUTIONS_A_PAGE, ReadBudget(FAILED_UNITS_MAX))

    def _of_customer(self, customer_id: str, start: Position | None, mark: str) -> tuple[Page[Entry], Freshness]:
        search = Search(customer_id, frozenset({Kind.RESERVATIONS}), exact=True)
        found, freshness = self.read_model.search(search, RESERVATIONS_A_PAGE, own_position(start, mark))
        if found is None:
            raise ReadModelMissing("the read model is being built: until it is ready, customers cannot be looked up")
        names = [name for (name,) in found.keys[Kind.RESERVATIONS]]
        entries, number = self._entries(names, [], customer_id)
        return Page(entries, found.next_after({Kind.RESERVATIONS: number})).of_list(mark), freshness

    def _entries(
        self, names: Sequence[str], failed: Iterable[FailedExecution], customer_id: str | None = None
    ) -> tuple[list[Entry], int]:
        """What happened to as many of these reservations as a call may read, the newest first; and how many these are."""
        budget = ReadBudget(ROW_UNITS_MAX)
        rows, number = self.rows.reservations_within(names, budget, more=1)
        budget.spend(-len(rows))  # set aside for the executions
        executions, read = self.rows.executions_within([row.execution_name for row in rows.values()], budget)
        if read < len(rows):
            number = list(names).index(list(rows)[read])
        reservations = [found for found in islice(rows.values(), read) if customer_id in (None, found.customer_id)]
        customers = {reservation.execution_name: reservation.customer_id for reservation in reservations}
        shown = {name: found for name, found in executions.items() if name in customers}
        shown |= {execution.execution_name: execution for execution in failed}
        entries = [
            *chain.from_iterable(map(self._of_reservation, reservations)),
            *(entry_of_execution(execution, customers.get(name)) for name, execution in shown.items()),
        ]
        return sorted(entries, key=lambda entry: entry.place, reverse=True), number

    def _of_reservation(self, reservation: Reservation) -> Iterable[Entry]:
        return entries_of_reservation(reservation, self.refunds.of_reservation(reservation))
