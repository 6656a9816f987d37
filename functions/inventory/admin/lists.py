"""The use cases of lists: levels, movements and reservations, page by page or, for an export, all of them."""

import json
from collections.abc import Callable, Sequence

from inventory.admin.list_store import ListStore
from inventory.admin.pagination import Batch, Page, PageEnds, Position, Read, fill_page, read_cursor
from inventory.admin.phase_list import position_parts
from inventory.admin.queries import (
    ExecutionQuery,
    LevelFilter,
    MovementQuery,
    RefundQuery,
    ReservationQuery,
    StockLevelQuery,
)
from inventory.index_partitions import ACTIVE
from inventory.model import FailedExecution, Level, Movement, Refund, Reservation, Status

# How many levels one read compares with a filter.
LEVELS_A_READ = 1_000
# How many reservations a page compares with a filter: each costs a unit at least.
RESERVATIONS_A_READ = 80
READS_OF_RESERVATIONS_MAX = 1
DECIDED = (Status.COMMITTED, Status.RELEASED, Status.REJECTED, Status.UNFULFILLED)


def list_stock_levels(query: StockLevelQuery, *, store: ListStore) -> Page[Level]:
    """Levels that match, in the order of the table. A page of levels with long texts may be shorter than its limit.

    Raises:
        InvalidRequest: the cursor is not from this list.
    """
    size = LEVELS_A_READ if query.warehouse_id else query.limit
    start = read_cursor(query.cursor, parts=2)
    return fill_page(lambda start: store.levels(start, size), start, query.limit, query.matches, PageEnds(_kilobytes))


def list_movements(product_id: str, query: MovementQuery, *, store: ListStore) -> Page[Movement]:
    """A product's ledger, newest first.

    Raises:
        InvalidRequest: the cursor is not from this list.
    """

    def read(start: Position | None) -> Batch[Movement]:
        return store.movements(product_id, start, query.limit)

    return fill_page(read, read_cursor(query.cursor, parts=1), query.limit, matches=lambda _: True)


def list_reservations(query: ReservationQuery, *, store: ListStore) -> Page[Reservation]:
    """Reservations that match: active ones by the end of their hold, decided ones by their decision, latest first.

    Raises:
        InvalidRequest: the cursor is not from this list.
    """
    size = query.limit if query.matches_all else RESERVATIONS_A_READ
    phases = _phases(query.status)

    def read(start: Position | None) -> Batch[Reservation]:
        return store.reservations(phases, start, size)

    start = read_cursor(query.cursor, parts=position_parts(phases))
    return fill_page(read, start, query.limit, query.matches, PageEnds(parts_of, READS_OF_RESERVATIONS_MAX))


def parts_of(reservation: Reservation) -> int:
    """The parts of a reservation whose number has no fixed limit on a page: lines, their sources, and shortages."""
    return len(reservation.lines) + len(reservation.holdings) + len(reservation.shortages)


def list_executions(query: ExecutionQuery, *, store: ListStore) -> Page[FailedExecution]:
    """Executions that did not succeed, the latest first.

    Raises:
        InvalidRequest: the cursor is not from this list.
    """

    def read(start: Position | None) -> Batch[FailedExecution]:
        return store.failed_executions(query.order_id, start, query.limit)

    return fill_page(read, read_cursor(query.cursor, parts=2), query.limit, query.matches)


def list_refunds(query: RefundQuery, *, store: ListStore, is_due: Callable[[Refund], bool]) -> Page[Refund]:
    """Payments to return, the oldest first; or returned ones, the latest return first.

    Args:
        is_due: whether a payment is still to return, for one whose reservation was not known.

    Raises:
        InvalidRequest: the cursor is not from this list.
    """

    def read(start: Position | None) -> Batch[Refund]:
        return store.refunds(query.status, start, query.limit)

    def matches(refund: Refund) -> bool:
        return refund.status is query.status and is_due(refund)  # the index may be late by a moment

    return fill_page(read, read_cursor(query.cursor, parts=3), query.limit, matches)


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
