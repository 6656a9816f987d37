"""The use case of the list of levels: which ones and in which order says the read model, what they are says the table."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from inventory.admin.list_store import ListStore
from inventory.admin.lists import levels_of
from inventory.admin.pagination import Page, PageEnds, Position, fill_page, fingerprint, own_position, read_cursor
from inventory.admin.queries import LevelQuery
from inventory.admin.read_budget import UNITS_MAX, ReadBudget
from inventory.admin.row_store import RowStore
from inventory.errors import FieldError, InvalidRequest, ReadModelMissing
from inventory.identifiers import IDENTIFIER
from inventory.model import Level, LevelKey
from inventory.read_model.levels.index import LevelIndex
from inventory.read_model.levels.order import CURSOR_PARTS
from inventory.read_model.reader import Freshness, Levels, ReadModel, State
from inventory.values import dataclass

# A list without the read model reads about 80 units at most: a row is about a tenth of one, and one by its key a whole one.
ROWS_A_READ = 200
READS_MAX = 4
ROWS_OF_CATEGORY_A_READ = 80
# The second part of a position in the order of the table. Those of the read model begin with "=".
IN_TABLE_ORDER = "table"
OPENING_UNITS = 3  # the manifest and the progress of the read model
# Of the levels of the product that is searched for: the same for every page, so that all agree on which come first.
EXACT_UNITS_MAX = 40


@dataclass(frozen=True, slots=True)
class LevelPage:
    """A page of levels, how many all pages have (None: they were not counted), and how old the read model is."""

    page: Page[Level]
    total: int | None
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class LevelList:
    """Lists levels of all products."""

    lists: ListStore
    rows: RowStore
    read_model: ReadModel

    def page(self, query: LevelQuery) -> LevelPage:
        """Levels that match, in the requested order.

        Raises:
            InvalidRequest: the cursor is from another list, filter or order.
            ReadModelMissing: without it, so many levels cannot be sorted or searched.
        """
        start = read_cursor(query.cursor, parts=CURSOR_PARTS)
        if start and start[1] == IN_TABLE_ORDER:
            return self._in_table_order(query, start, self.read_model.freshness())
        levels = self.read_model.levels()
        if levels.index is not None:
            with suppress(ReadModelMissing):  # of a snapshot that is gone, some files may be left
                return self._of_index(query, levels, levels.index, start)
        if query.sort or query.search or start:
            raise ReadModelMissing(
                "the read model is being built: until it is ready, this cannot be sorted or searched"
            )
        return self._in_table_order(query, None, Freshness(State.MISSING, levels.freshness.followed_until))

    def _of_index(self, query: LevelQuery, levels: Levels, index: LevelIndex, start: Position | None) -> LevelPage:
        """The levels that the index lists, as they are now. One that no longer matches is left out."""
        budget = ReadBudget(UNITS_MAX - OPENING_UNITS - levels.journal_units)
        exact = self._exact(query, levels.rows, budget)
        first = exact if start is None else {}
        found = index.find(query, query.sort, query.order, start, query.limit - len(first))
        rows = levels.rows
        if rows is None:
            others = [key for key in found.keys if key not in exact]
            rows, number = self.rows.levels_within(others, budget)
            if number < len(others):  # the page ends before it would cost more than a call may
                found = index.find(query, query.sort, query.order, start, found.keys.index(others[number]))
        listed = (rows[key] for key in found.keys if key in rows and key not in exact)
        items = [*first.values(), *(level for level in listed if query.matches(level))]
        created = sum(not index.has(key) for key in exact)  # a moment ago: the index does not count them yet
        return LevelPage(Page(items, found.next), found.total + created, levels.freshness)

    def _exact(
        self, query: LevelQuery, rows: Mapping[LevelKey, Level] | None, budget: ReadBudget
    ) -> dict[LevelKey, Level]:
        """The levels of the product with just the id that is searched for: a new one is found before it is indexed.

        A product that alone would fill a page is left to the index: its levels have their places there.
        """
        product_id = query.search and IDENTIFIER.read(query.search)
        if not product_id:
            return {}
        if rows is None:
            exact_budget = ReadBudget(EXACT_UNITS_MAX)
            found: Iterable[Level] = self.rows.levels_of(product_id, exact_budget)
            budget.spend(EXACT_UNITS_MAX - exact_budget.left)
        else:
            found = rows.values()
        matching = {level.key: level for level in found if level.product_id == product_id and query.matches(level)}
        return matching if len(matching) < query.limit else {}

    def _in_table_order(self, query: LevelQuery, start: Position | None, freshness: Freshness) -> LevelPage:
        """The levels in the order of the table, of which a call reads some: for as long as the read model is missing."""
        mark = fingerprint("levels", query.category, query.warehouse_id, query.status, query.active)
        if start and (query.sort or query.search):
            raise InvalidRequest([FieldError("cursor", "is from another list, search or filter")])
        position = own_position(start, mark)
        if query.category is not None:
            size, reads = min(query.limit, ROWS_OF_CATEGORY_A_READ), 1
        elif query.matches_all:
            size, reads = query.limit, 1
        else:
            size, reads = ROWS_A_READ, READS_MAX
        read = levels_of(query, size, self.lists)
        page = fill_page(read, position and position[1:], query.limit, query.matches, PageEnds(reads_max=reads))
        following = (mark, IN_TABLE_ORDER, *page.next) if page.next else None
        return LevelPage(Page(page.items, following), None, freshness)
