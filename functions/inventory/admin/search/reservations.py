"""The use case of the list of reservations that a search finds: exact ids first, then parts of ids from the read model."""

from inventory.admin.list_store import ListStore, names_of
from inventory.admin.lists import parts_of
from inventory.admin.pagination import (
    Batch,
    Page,
    PageEnds,
    Position,
    fill_page,
    fingerprint,
    own_position,
    read_cursor,
)
from inventory.admin.phase_list import NONE
from inventory.admin.queries import ReservationQuery
from inventory.admin.read_budget import UNITS_MAX, ReadBudget
from inventory.admin.row_store import RowStore
from inventory.errors import FieldError, InvalidRequest
from inventory.identifiers import IDENTIFIER
from inventory.model import Reservation
from inventory.read_model.entries import Kind
from inventory.read_model.reader import SEARCH_UNITS_MAX, Freshness, ReadModel
from inventory.read_model.search.search import POSITION_PARTS, Search
from inventory.values import dataclass

# Of the rows: the read model is opened twice, its journal is read, and the keys of an order are.
ROW_UNITS_MAX = UNITS_MAX - SEARCH_UNITS_MAX - 8
READS_MAX = 2  # one of exact ids, one of parts: each reads the rows of a page
# A position is: the name of the last exact one, or END if all were listed; how many keys of the read model's page were
# listed; and where that page begins, or NONE.
END = "#"
PARTS = 2 + POSITION_PARTS
FROM_THE_NEWEST = (NONE,) * POSITION_PARTS


@dataclass(frozen=True, slots=True)
class ReservationSearch:
    """Lists reservations by an id of their own, of their order, customer or payment, or by a part of one."""

    lists: ListStore
    rows: RowStore
    read_model: ReadModel

    def page(self, query: ReservationQuery, searched: str) -> tuple[Page[Reservation], Freshness]:
        """The reservation with this id, those of the order with it, then those with it as a part of an id, latest first.

        Without the read model, the list ends with the exact ones.

        Raises:
            InvalidRequest: the cursor is not from this search.
        """
        mark = fingerprint("reservations", searched, query.status, query.product_id)
        start = own_position(read_cursor(query.cursor, parts=1 + PARTS), mark)
        freshness = self.read_model.freshness()
        exact_read = 0
        budget = ReadBudget(ROW_UNITS_MAX)

        def read(at: Position | None) -> Batch[Reservation]:
            nonlocal freshness, exact_read
            if at is None or at[0] != END:
                batch = self._exact(searched, at, query.limit, budget)
                exact_read = len(batch.entries)
                return batch
            batch, freshness = self._with_part(searched, at[1:], max(1, query.limit - exact_read), budget)
            return batch

        page = fill_page(
            read, start, query.limit, query.matches, PageEnds(parts_of, READS_MAX, lambda: budget.is_spent)
        )
        return Page(page.items, (mark, *page.next) if page.next else None), freshness

    def _exact(self, searched: str, at: Position | None, size: int, budget: ReadBudget) -> Batch[Reservation]:
        batch = self.lists.reservations_with_id_or_order(searched, at[:1] if at else None, size, budget)
        entries = [((*position, "0", *FROM_THE_NEWEST), found) for position, found in batch.entries]
        return Batch(entries, (*(batch.next or (END,)), "0", *FROM_THE_NEWEST))

    def _with_part(
        self, searched: str, at: Position, size: int, budget: ReadBudget
    ) -> tuple[Batch[Reservation], Freshness]:
        """Those that are not exact; each position names the beginning of the read model's page, and how far it was listed."""
        listed, place = _listed(at[0]), at[1:]
        search = Search(searched.strip(), frozenset({Kind.RESERVATIONS}))
        page, freshness = self.read_model.search(search, size, None if place == FROM_THE_NEWEST else place)
        if page is None:
            return Batch([], None), freshness
        names = [name for (name,) in page.keys[Kind.RESERVATIONS]]
        exact, order_id = names_of(searched), IDENTIFIER.read(searched)
        rows, read = self.rows.reservations_within(names[listed:], budget)
        entries = [
            ((END, str(number), *place), rows[name])
            for number, name in enumerate(names[: listed + read], start=1)
            if name in rows and name not in exact and (order_id is None or rows[name].order_id != order_id)
        ]
        if listed + read < len(names):
            return Batch(entries, (END, str(listed + read), *place)), freshness
        return Batch(entries, (END, "0", *page.next) if page.next else None), freshness


def _listed(text: str) -> int:
    """How many keys of a page were listed.

    Raises:
        InvalidRequest: no list has given that out.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise InvalidRequest([FieldError("cursor", "is not one that this list has given out")])
    return int(text)
