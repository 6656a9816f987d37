"""The rows that records are about, read from their tables as entries."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from inventory.aws.changes import Item
from inventory.aws.dynamodb import Tables, batch_get
from inventory.items import Unreadable, parse_or_report, to_failed_execution, to_refund, to_reservation
from inventory.model import LevelKey
from inventory.read_model.entries import (
    Entry,
    EntryKey,
    ExecutionEntry,
    Kind,
    LevelEntry,
    RefundEntry,
    ReservationEntry,
)
from inventory.stock.store import StockStore
from inventory.values import dataclass

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# What is read of a row; None of one that is not there.
Found = Entry | Unreadable | None


@dataclass(frozen=True, slots=True)
class Rows:
    """Reads many rows at once, strongly consistent: what a record was written for is in them."""

    client: "DynamoDBClient"
    tables: Tables
    stock: StockStore

    def read(self, kind: Kind, keys: Collection[EntryKey]) -> Mapping[EntryKey, Found]:
        """What each of these rows contains.

        Raises:
            TransientError: DynamoDB did not answer in every attempt.
        """
        match kind:
            case Kind.LEVELS:
                return dict.fromkeys(keys) | self._levels(keys)
            case Kind.RESERVATIONS:
                return dict.fromkeys(keys) | self._items(
                    self.tables.reservations,
                    ("reservation_id",),
                    keys,
                    lambda item: ReservationEntry.of(to_reservation(item)),
                )
            case Kind.REFUNDS:
                return dict.fromkeys(keys) | self._items(
                    self.tables.refunds, ("reservation_id", "payment_reference"), keys, refund_entry
                )
            case Kind.EXECUTIONS:
                return dict.fromkeys(keys) | self._items(
                    self.tables.failed_executions,
                    ("execution_name",),
                    keys,
                    lambda item: ExecutionEntry.of(to_failed_execution(item)),
                )

    def _levels(self, keys: Collection[EntryKey]) -> dict[EntryKey, Found]:
        found = self.stock.levels_or_unreadable(
            [LevelKey(product_id, warehouse_id) for product_id, warehouse_id in keys]
        )
        return {
            (key.product_id, key.warehouse_id): level if isinstance(level, Unreadable) else LevelEntry.of(level)
            for key, level in found.items()
        }

    def _items(
        self, table: str, names: Sequence[str], keys: Collection[EntryKey], parse: Callable[[Item], Entry]
    ) -> dict[EntryKey, Found]:
        items = batch_get(self.client, table, [dict(zip(names, key, strict=True)) for key in keys])
        return {tuple(item[name] for name in names): parse_or_report(parse, item) for item in items}


def refund_entry(item: Item) -> RefundEntry:
    """Another tool may have written it under an id that is no name: it is the key of its row that counts."""
    return replace(RefundEntry.of(to_refund(item)), reservation_id=item["reservation_id"])
