"""The use cases of lists: levels, movements and reservations, page by page or, for an export, all of them."""

import json
from collections.abc import Callable, Sequence

from inventory.admin.list_store import REFUNDS_COUNTED_MAX, ListStore, units_of_keys
from inventory.admin.pagination import (
    Batch,
    Page,
    PageEnds,
    Position,
    Read,
    fill_page,
    fingerprint,
    read_own_cursor,
)
from inventory.admin.phase_list import position_parts
from inventory.admin.queries import (
    ExecutionQuery,
    LevelFilter,
    MovementQuery,
    RefundQuery,
    ReservationQuery,
    StockLevelQuery,
)
from inventory.admin.read_budget import UNITS_MAX, ReadBudget
from inventory.index_partitions import ACTIVE
from inventory.model import FailedExecution, Level, Movement, Refund, Reservation, Status

# How many levels one read compares with a filter.
LEVELS_A_READ = 1_000
# How many reservations a page compares with a filter: each costs a unit at least.
RESERVATIONS_A_READ = 80
READS_OF_RESERVATIONS_MAX = 1
# The holds that end soonest are not compared but with their status: a few are paid, and will be sold in a moment.
READS_OF_SOONEST_MAX = 3
# What a list of payments reads beside their rows: how many there are.
UNITS_OF_A_COUNT = units_of_keys(REFUNDS_COUNTED_MAX)
DECIDED = (Status.COMMITTED, Status.RELEASED, Status.REJECTED, Status.UNFULFILLED)


def list_stock_levels(query: StockLevelQuery, *, store: ListStore) -> Page[Level]:
    """Levels that match, in the order of the table. A page of levels with long texts may be shorter than its limit.

    Raises:
        InvalidRequest: the cursor is not from this list.
    """
    size = LEVELS_A_READ if query.warehouse_id else query.limit
    mark = fingerprint("stock levels", query.warehouse_id)
    start = read_own_cursor(query.cursor, mark, parts=2)
    ends = PageEnds(_kilobytes)
    return fill_page(lambda at: store.levels(at, size), start, query.limit, query.matches, ends).of_list(mark)


def list_movements(product_id: str, query: MovementQuery, *, store: ListStore) -> Page[Movement]:
    """A product's ledger, newest first.

    Raises:
        InvalidRequest: the cursor is not from this list.
    """
    mark = fingerprint("movements", product_id)
    start = read_own_cursor(query.cursor, mark, parts=1)
    budget = ReadBudget()

    def read(start: Position | None) -> Batch[Movement]:
        return store.movements(product_id, start, query.limit, budget)

    # Of a spread level, the next read would cost as much again.
    ends: PageEnds[Movement] = PageEnds(is_spent=lambda: budget.left < UNITS_MAX / 2)
    return fill_page(read, start, query.limit, lambda _: True, ends).of_list(mark)


def list_reservations(query: ReservationQuery, *, store: ListStore) -> Page[Reservation]:
    """Reservations that match: active ones by the end of their hold, decided ones by their decision, latest first.

    Raises:
        InvalidRequest: the cursor is not from this list.
    """
    if query.sort:
        return _soonest_ending(query, store)
    size = query.limit if query.matches_all else RESERVATIONS_A_READ
    phases = _phases(query.status)
    mark = fingerprint("latest", query.status, query.product_id)
    start = read_own_cursor(query.cursor, mark, position_parts(phases))
    budget = ReadBudget()

    def read(start: Position | None) -> Batch[Reservation]:
        return store.reservations(phases, start, size, budget)

    ends = PageEnds(parts_of, READS_OF_RESERVATIONS_MAX)
    return fill_page(read, start, query.limit, query.matches, ends).of_list(mark)


def _soonest_ending(query: ReservationQuery, store: ListStore) -> Page[Reservation]:
    """Holds, those that end first at the start; one that is overdue ends at any moment."""
    phases = _phases(query.status)
    mark = fingerprint("soonest", query.product_id)
    start = read_own_cursor(query.cursor, mark, position_parts(phases))
    size = RESERVATIONS_A_READ if query.product_id else query.limit
    budget = ReadBudget()

    def read(start: Position | None) -> Batch[Reservation]:
        return store.reservations(phases, start, size, budget, soonest=True)

    reads_max = READS_OF_RESERVATIONS_MAX if query.product_id else READS_OF_SOONEST_MAX
    ends = PageEnds(parts_of, reads_max, lambda: budget.is_spent)
    return fill_page(read, start, query.limit, query.matches, ends).of_list(mark)


def parts_of(reservation: Reservation) -> int:
    """The parts of a reservation whose number has no fixed limit on a page: lines, their sources, and shortages."""
    return len(reservation.lines) + len(reservation.holdings) + len(reservation.shortages)


def list_executions(query: ExecutionQuery, *, store: ListStore) -> Page[FailedExecution]:
    """Executions that did not succeed, the latest first.

    Raises:
        InvalidRequest: the cursor is not from this list.
    """
    mark = fingerprint("executions", query.status, query.order_id)
    start = read_own_cursor(query.cursor, mark, parts=2)
    budget = ReadBudget()

    def read(start: Position | None) -> Batch[FailedExecution]:
        return store.failed_executions(query.order_id, start, query.limit, budget)

    # The causes of the next ones may be as long.
    ends: PageEnds[FailedExecution] = PageEnds(is_spent=lambda: budget.left < UNITS_MAX / 2)
    return fill_page(read, start, query.limit, query.matches, ends).of_list(mark)


def list_refunds(query: RefundQuery, *, store: ListStore, is_due: Callable[[Refund], bool]) -> Page[Refund]:
    """Payments to return, the oldest first; or returned ones, the latest return first.

    Args:
        is_due: whether a payment is still to return, for one whose reservation was not known.

    Raises:
        InvalidRequest: the cursor is not from this list.
    """
    mark = fingerprint("refunds", query.status)
    start = read_own_cursor(query.cursor, mark, parts=3)
    budget = ReadBudget(UNITS_MAX - UNITS_OF_A_COUNT)

    def read(start: Position | None) -> Batch[Refund]:
        return store.refunds(query.status, start, query.limit, budget)

    def matches(refund: Refund) -> bool:
        return refund.status is query.status and is_due(refund)  # the index may be late by a moment

    ends: PageEnds[Refund] = PageEnds(is_spent=lambda: budget.is_spent)
    return fill_page(read, start, query.limit, matches, ends).of_list(mark)


def levels_of(wanted: LevelFilter, size: int, store: ListStore) -> Read[Level]:
    """The levels of a category, or of all, not yet compared with the filter."""
    category = wanted.category
    if category is None:
        return lambda start: store.levels(start, size)
    return lambda start: store.levels_of_category(category, start, size)


def _kilobytes(level: Level) -> int:
    """The size of a level in an answer of Lambda, which escapes JSON in JSON."""
    return len(json.dumps(json.dumps(level.to_json(), ensure_ascii=False))) // 1_024 + 1


def _phases(status: Status | None) -> Sequence[str]:
    if status is None:
        return (ACTIVE, *DECIDED)
    return (status,) if status in DECIDED else (ACTIVE,)
