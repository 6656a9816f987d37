"""The use cases of lists: levels, movements and reservations, page by page or, for an export, all of them."""

from collections.abc import Iterator, Sequence

from inventory.admin import sorting
from inventory.admin.list_store import ListStore
from inventory.admin.pagination import Batch, Page, Position, Read, every, fill_page, read_cursor
from inventory.admin.requests import LevelFilter, LevelQuery, MovementQuery, ReservationQuery
from inventory.errors import ExportTooLarge, FieldError, InvalidRequest
from inventory.imports.catalogue_csv import write_catalogue
from inventory.items import ACTIVE
from inventory.model import Level, Movement, Reservation, Status

# How many levels one read looks through for those that a filter wants.
LEVELS_A_READ = 1_000
# As many as are read and compared in the 29 seconds that API Gateway waits.
LEVELS_SORTED_MAX = 50_000
# How many reservations one read looks through for those that a filter wants.
RESERVATIONS_A_READ = 100
# An answer of Lambda's may have 6 MB, and JSON may write a character of this text as two.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
EXPORT_BYTES_MAX = 2_500_000

DECIDED = (Status.COMMITTED, Status.RELEASED, Status.REJECTED, Status.UNFULFILLED)


def list_levels(query: LevelQuery, *, lists: ListStore) -> Page[Level]:
    """Levels that match: in the order asked for; or of products within a category, otherwise in the table's own.

    Raises:
        InvalidRequest: the cursor is not one of this list, or there are too many levels to be sorted.
    """
    if query.sort:
        start = read_cursor(query.cursor, parts=sorting.PARTS)
        matching = filter(query.matches, _levels_to_sort(query, lists))
        return sorting.sorted_page(matching, query.sort, query.order or sorting.Order.ASC, start, query.limit)
    start = read_cursor(query.cursor, parts=2)
    size = query.limit if query.matches_all else LEVELS_A_READ
    return fill_page(_levels(query, size, lists), start, query.limit, query.matches)


def export_levels(wanted: LevelFilter, *, lists: ListStore) -> str:
    """All levels that match, as the CSV that an import reads.

    Raises:
        ExportTooLarge: they do not fit into one answer.
    """
    levels = filter(wanted.matches, every(_levels(wanted, LEVELS_A_READ, lists)))
    pieces: list[str] = []
    size = 0
    for piece in write_catalogue(levels):
        pieces.append(piece)
        size += len(piece.encode())
        if size > EXPORT_BYTES_MAX:
            raise ExportTooLarge(f"the export has more than {EXPORT_BYTES_MAX} bytes: export one category at a time")
    return "".join(pieces)


def list_movements(product_id: str, query: MovementQuery, *, lists: ListStore) -> Page[Movement]:
    """A product's ledger, newest first.

    Raises:
        InvalidRequest: the cursor is not one of this list.
    """

    def read(start: Position | None) -> Batch[Movement]:
        return lists.movements(product_id, start, query.limit)

    return fill_page(read, read_cursor(query.cursor, parts=1), query.limit, wanted=lambda _: True)


def list_reservations(query: ReservationQuery, *, lists: ListStore) -> Page[Reservation]:
    """Reservations that match: active ones by the end of their hold, then decided ones by their decision, latest first.

    Those that a search finds: the one that has the id, then those of the order.

    Raises:
        InvalidRequest: the cursor is not one of this list.
    """
    size = query.limit if query.matches_all else RESERVATIONS_A_READ
    searched = query.search
    phases = _phases(query.status)

    def read(start: Position | None) -> Batch[Reservation]:
        if searched is not None:
            return lists.reservations_known_as(searched, start, size)
        return lists.reservations(phases, start, size)

    start = read_cursor(query.cursor, parts=1 if searched is not None else 2 * len(phases))
    return fill_page(read, start, query.limit, query.matches)


def _levels_to_sort(query: LevelQuery, lists: ListStore) -> Iterator[Level]:
    levels = every(_levels(query, LEVELS_A_READ, lists))
    for number, level in enumerate(levels, start=1):
        if number > LEVELS_SORTED_MAX:
            raise InvalidRequest(
                [FieldError("sort", f"cannot be of more than {LEVELS_SORTED_MAX} levels: ask for a category")]
            )
        yield level


def _levels(wanted: LevelFilter, size: int, lists: ListStore) -> Read[Level]:
    category = wanted.category
    if category is None:
        return lambda start: lists.levels(start, size)
    return lambda start: lists.levels_of_category(category, start, size)


def _phases(status: Status | None) -> Sequence[str]:
    if status is None:
        return (ACTIVE, *DECIDED)
    return (status,) if status in DECIDED else (ACTIVE,)
