"""The use case of the search over everything: exact ids from the tables, then parts of ids and names from the read model."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from inventory.admin.pagination import Position, fingerprint, own_position, read_cursor
from inventory.admin.phase_list import NONE
from inventory.admin.queries import LevelFilter, SearchQuery
from inventory.admin.read_budget import UNITS_MAX, ReadBudget
from inventory.admin.row_store import RowStore
from inventory.admin.search.exact import ExactSearch, Found
from inventory.errors import ReadModelMissing
from inventory.model import Level, LevelKey, Refund
from inventory.read_model.entries import Kind
from inventory.read_model.levels.order import CURSOR_PARTS
from inventory.read_model.reader import Freshness, ReadModel, State
from inventory.read_model.search.search import POSITION_PARTS, Search
from inventory.values import dataclass

END = "#"  # in place of a position: everything of this kind was listed
ROWS_MAX = 10  # of each kind on a page
LEVEL_UNITS_MAX = 14  # of ROWS_MAX levels, of which few are spread over shards
# Of the journal of levels, and of that of all other rows.
LEVELS_JOURNAL_UNITS_MAX, ROWS_JOURNAL_UNITS_MAX = 12, 16
OPENING_UNITS = 6  # the manifest and the progress of the read model, twice
# Of exact ones: the same for every page, so that all agree on which these are. All others are found by their parts, too.
EXACT_UNITS_MAX = 30
ROW_UNITS_MAX = UNITS_MAX - OPENING_UNITS - LEVELS_JOURNAL_UNITS_MAX - ROWS_JOURNAL_UNITS_MAX

NOT_BEGUN = (NONE,) * CURSOR_PARTS, (NONE,) * POSITION_PARTS


@dataclass(frozen=True, slots=True)
class Results:
    """A page of what was found."""

    found: Found
    next: Position | None
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class EverythingSearch:
    """Finds levels, reservations, failed executions and payments."""

    exact: ExactSearch
    rows: RowStore
    read_model: ReadModel
    is_due: Callable[[Refund], bool]

    def page(self, query: SearchQuery) -> Results:
        """A page of what was found: of each kind at most as many as the limit, as ROWS_MAX, and as a call may read.

        Exact ones are read for every page: the first page begins with them, and no other one repeats them.

        Raises:
            InvalidRequest: the cursor is from another search.
        """
        mark = fingerprint("search", query.query)
        start = own_position(read_cursor(query.cursor, 1 + CURSOR_PARTS + POSITION_PARTS), mark)
        limit = min(query.limit, ROWS_MAX)
        exact_budget = ReadBudget(EXACT_UNITS_MAX)
        exact = self.exact.find(query.query, limit, exact_budget)
        budget = ReadBudget(ROW_UNITS_MAX - (EXACT_UNITS_MAX - exact_budget.left))
        first = exact if start is None else Found()
        levels_at, rows_at = (start[:CURSOR_PARTS], start[CURSOR_PARTS:]) if start else NOT_BEGUN
        # With the exact ones, no kind may have more than the limit.
        room = limit - first.most
        levels, levels_next = self._levels(query.query, levels_at, room, budget)
        rows, rows_next, freshness = self._rows(query.query, rows_at, room, budget)
        found = first.and_more(replace(rows, levels=levels).without(exact))
        following = (*(levels_next or (END,) * CURSOR_PARTS), *(rows_next or (END,) * POSITION_PARTS))
        return Results(self._due(found), (mark, *following) if levels_next or rows_next else None, freshness)

    def _levels(self, text: str, at: Position, limit: int, budget: ReadBudget) -> tuple[list[Level], Position | None]:
        """Levels by words of their names or parts of product ids, and where to continue."""
        if limit == 0 or at[0] == END:
            return [], at if at[0] != END else None
        found = self.read_model.levels(exact=False, units_max=LEVELS_JOURNAL_UNITS_MAX)  # a new one is found by its id
        index = found.index
        if index is None:
            return [], None
        wanted = LevelFilter.model_construct(search=text)
        try:
            page = index.find(wanted, None, None, None if at[0] == NONE else at, limit)
        except ReadModelMissing:  # of a snapshot that is gone, some files may be left
            return [], None
        levels: Mapping[LevelKey, Level] | None = found.rows
        if levels is None:
            own = ReadBudget(min(LEVEL_UNITS_MAX, budget.left))
            before = own.left
            levels, number = self.rows.levels_within(page.keys, own)
            budget.spend(before - own.left)
            if number < len(page.keys):
                page = index.find(wanted, None, None, None if at[0] == NONE else at, number)
        return [levels[key] for key in page.keys if key in levels and wanted.matches(levels[key])], page.next

    def _rows(
        self, text: str, at: Position, limit: int, budget: ReadBudget
    ) -> tuple[Found, Position | None, Freshness]:
        """Reservations, failed executions and payments by parts of ids, where to continue, and how old that is."""
        if limit == 0 or at[0] == END:
            freshness = self.read_model.freshness()
            return Found(), None if at[0] == END or freshness.state is State.MISSING else at, freshness
        start = None if at[0] == NONE else at
        page, freshness = self.read_model.search(Search(text.strip()), limit, start, units_max=ROWS_JOURNAL_UNITS_MAX)
        if page is None:
            return Found(), None, freshness
        names = [name for (name,) in page.keys[Kind.RESERVATIONS]]
        executions = [name for (name,) in page.keys[Kind.EXECUTIONS]]
        payments = [(name, reference) for name, reference in page.keys[Kind.REFUNDS]]
        refunds, refunds_read = self.rows.refunds_within(payments, budget)
        rows, rows_read = self.rows.reservations_within(names, budget)
        failed, failed_read = self.rows.executions_within(executions, budget)
        found = Found(
            reservations=[rows[name] for name in names if name in rows],
            executions=[failed[name] for name in executions if name in failed],
            refunds=[refunds[key] for key in payments if key in refunds],
        )
        read = {Kind.REFUNDS: refunds_read, Kind.RESERVATIONS: rows_read, Kind.EXECUTIONS: failed_read}
        return found, page.next_after(read), freshness

    def _due(self, found: Found) -> Found:
        """Without payments that have bought their reservations after all."""
        return replace(found, refunds=[refund for refund in found.refunds if self.is_due(refund)])
