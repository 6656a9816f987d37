"""Returns and dispatches in DynamoDB: each is one transaction of the reservation, its levels and their movements."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from inventory.aws.changes import Change, Condition, Item
from inventory.aws.dynamodb import TRANSACTION_ACTIONS_MAX, Tables, Write, transact, update
from inventory.errors import LevelNotFound, StockDrifted
from inventory.items import after_sale_items, parse_or_none, to_level
from inventory.model import Holding, Level, LevelKey, Movement, Reservation, Returned, Status
from inventory.stock import units
from inventory.stock.ledger import record

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Beside them, the transaction writes the reservation and what is kept of the call.
ACTIONS_OF_A_RETURN_MAX = TRANSACTION_ACTIONS_MAX - 2


@dataclass(frozen=True, slots=True)
class AfterSaleChange:
    """A reservation as it was read, and with a return or a dispatch."""

    read: Reservation
    changed: Reservation
    now: datetime


class AfterSaleStore:
    """Sold units in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables, *, retention_days: int) -> None:
        self._client = client
        self._tables = tables
        self._retention = timedelta(days=retention_days)

    def restocked(
        self, returned: Sequence[Returned], levels: Mapping[LevelKey, Level], now: datetime
    ) -> Iterator[Write]:
        """The writes of units that are sold again: at most `ACTIONS_OF_A_RETURN_MAX` with their movements.

        The own rows of spread levels are written too. Where a return of very many levels has no room for one, the scheduled
        check rearms its alert.
        """
        units_of: Counter[LevelKey] = Counter()
        for part in returned:
            units_of[part.key.level] += part.units
        for part in returned:
            level = part.key.level
            yield units.restock(self._tables, part, levels[level], units_of[level], now)
        written = {part.key for part in returned}
        spread = [level for level in units_of if levels[level].is_spread and level not in written]
        for level in spread[: ACTIONS_OF_A_RETURN_MAX - 2 * len(returned)]:
            yield units.note_restock(self._tables, levels[level], units_of[level], now)

    def discarded(self, returned: Iterable[Returned], now: datetime) -> Iterator[Write]:
        """The writes of units that are not: those that were dispatched are on hand no longer, so they change no level."""
        for part in returned:
            if part.undispatched:
                yield units.discard_undispatched(self._tables, Holding(part.key, part.undispatched), now)

    def dispatched(self, parts: Iterable[Holding], now: datetime) -> Iterator[Write]:
        """The writes of units that leave their warehouses."""
        return (units.dispatch(self._tables, part, now) for part in parts)

    def write(
        self, change: AfterSaleChange, moved: Iterable[Write], movements: Iterable[Movement], made: Write
    ) -> bool:
        """Write a return or a dispatch, or nothing. The row keeps its place in the index: what is sold stays sold.

        Returns:
            False when the reservation or a level is not as it was read, or the call was decided meanwhile: read again.

        Raises:
            LevelNotFound: a level that has allocated units was deleted.
            StockDrifted: a level does not have the units that are allocated of it.
        """
        failed = transact(
            self._client,
            [
                self._write(change),
                made,
                *moved,
                *(record(self._tables, movement) for movement in movements),
            ],
        )
        if failed and failed[0].about is not change:
            for condition in failed:  # what is allocated is there, whatever was read of the level
                if isinstance(condition.about, Holding):
                    raise _drifted(condition.about.key, exists=condition.item is not None)
                if isinstance(condition.about, Returned) and _lacks(condition.item, condition.about.undispatched):
                    raise _drifted(condition.about.key, exists=True)
        return not failed

    def _write(self, change: AfterSaleChange) -> Write:
        """The write of the row. One of which units are allocated must not be deleted, and has no `expire_at`."""
        read, changed = change.read, change.changed
        is_sold = Condition("#status = :status", {"status": Status.COMMITTED})
        content: Item = {"after_sale": after_sale_items(changed.after_sale), "revision": changed.revision}
        if read.allocated and not changed.allocated:  # the last of them left
            content["expire_at"] = int((change.now + self._retention).timestamp())
        key = {"reservation_id": read.name}
        condition = is_sold & _is_revision(read.revision)
        return update(self._tables.reservations, key, Change(set=content), condition, about=change)


def _is_revision(revision: int) -> Condition:
    """Optimistic locking: of two returns at once, each is decided from what the other left."""
    if not revision:
        return Condition("attribute_not_exists(revision)")
    return Condition("revision = :revision", {"revision": revision})


def _lacks(item: Item | None, allocated: int) -> bool:
    """Whether a level has fewer units allocated; of one that was deleted or cannot be read, the next reading says so."""
    level = parse_or_none(to_level, item) if item else None
    return level is not None and level.allocated < allocated


def _drifted(key: LevelKey, *, exists: bool) -> LevelNotFound | StockDrifted:
    level = f"{key.product_id} in {key.warehouse_id}"
    if not exists:
        return LevelNotFound(f"there is no stock level of {level}")
    return StockDrifted(f"{level} does not have the units that are allocated")
