"""The use cases of lists: levels, movements and reservations, page by page or, for an export, all of them."""

import json
from collections.abc import Callable, Iterator, Sequence

from inventory.admin import sorting
from inventory.admin.list_store import ListStore
from inventory.admin.pagination import Batch, Page, Position, Read, fill_page, iterate_all, read_cursor
from inventory.admin.phase_list import position_parts
from inventory.admin.queries import (
    ExecutionQuery,
    LevelFilter,
    LevelQuery,
    MovementQuery,
    RefundQuery,
    ReservationQuery,
    StockLevelQuery,
)
from inventory.errors import FieldError, InvalidRequest
from inventory.index_partitions import ACTIVE
from inventory.model import FailedExecution, Level, Movement, Refund, Reservation, Status

# How many levels one read compares with a filter.
LEVELS_A_READ = 1_000
# So many can be read and compared in the 29 seconds that API Gateway waits.
LEVELS_SORTED_MAX = 50_000
# How many reservations one read compares with a filter.
RESERVATIONS_A_READ = 100
DECIDED = (Status.COMMITTED, Status.RELEASED, Status.REJECTED, Status.UNFULFILLED)


def list_levels(query: LevelQuery, *, store: ListStore) -> Page[Level]:
    """Levels that match: in the requested order; or by product within a category; or in the order of the table.

    Raises:
        InvalidRequest: the cursor is not from this list, or there are too many levels to sort.
    """
    if query.sort:
        start = read_cursor(query.cursor, parts=sorting.PARTS)
        matching = filter(query.matches, _levels_to_sort(query, store))
        return sorting.sorted_page(matching, query.sort, query.order or sorting.Order.ASC, start, query.limit)
    start = read_cursor(query.cursor, parts=2)
    size = query.limit if query.matches_all else LEVELS_A_READ
    return fill_page(levels_of(query, size, store), start, query.limit, query.matches)


def list_stock_levels(query: StockLevelQuery, *, store: ListStore) -> Page[Level]:
    """Levels that match, in the order of the table. A page of levels with long texts may be shorter than its limit.

    Raises:
        InvalidRequest: the cursor is not from this list.
    """
    size = LEVELS_A_READ if query.warehouse_id else query.limit
    start = read_cursor(query.cursor, parts=2)
    return fill_page(lambda start: store.levels(start, size), start, query.limit, query.matches, _kilobytes)


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

    A search lists the reservation with this id, then those of the order with this id.

    Raises:
        InvalidRequest: the cursor is not from this list.
    """
    size = query.limit if query.matches_all else RESERVATIONS_A_READ
    searched = query.search
    phases = _phases(query.status)

    def read(start: Position | None) -> Batch[Reservation]:
        if searched is not None:
            return store.reservations_with_id_or_order(searched, start, size)
        return store.reservations(phases, start, size)

    start = read_cursor(query.cursor, parts=1 if searched is not None else position_parts(phases))
    return fill_page(read, start, query.limit, query.matches, _parts_of)


def _parts_of(reservation: Reservation) -> int:
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


def _levels_to_sort(query: LevelQuery, store: ListStore) -> Iterator[Level]:
    levels = iterate_all(levels_of(query, LEVELS_A_READ, store))
    for number, level in enumerate(levels, start=1):
        if number > LEVELS_SORTED_MAX:
            raise InvalidRequest(
                [FieldError("sort", f"cannot be of more than {LEVELS_SORTED_MAX} levels: ask for a category")]
            )
        yield level


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
