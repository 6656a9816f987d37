"""Rows by their keys: what a list shows is read here, strongly consistent, whatever has listed the keys."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from inventory.admin.read_budget import ReadBudget, units_of
from inventory.aws.changes import Item
from inventory.aws.dynamodb import Tables, batch_get
from inventory.items import parse_or_none, shards_of, to_failed_execution, to_refund, to_reservation
from inventory.model import FailedExecution, Level, LevelKey, Refund, Reservation
from inventory.stock.store import StockStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Row = TypeVar("Row")
# A payment to return: the name of its reservation, and its own reference.
RefundKey = tuple[str, str]


class RowStore:
    """Rows by their keys. Those that are gone, or cannot be read, are left out."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables
        self._stock = StockStore(client, tables)

    def levels_within(self, keys: Sequence[LevelKey], budget: ReadBudget) -> tuple[dict[LevelKey, Level], int]:
        """Levels of as many keys as a budget pays for, and how many keys these are. A spread level costs a unit a shard."""
        rows, number = budget.rows(keys, self._stock.items, lambda row: shards_of(row) - 1)
        return self._stock.levels_in(list(rows.values())), number

    def levels_of(self, product_id: str, budget: ReadBudget) -> list[Level]:
        """The levels of a product, by warehouse; of spread ones as many as a budget pays for, one at least."""
        items = self._stock.items_of(product_id)
        budget.spend(units_of(*items))
        shown: list[Item] = []
        for item in items:
            others = shards_of(item) - 1
            if shown and others > max(0, budget.left):
                break
            budget.spend(others)
            shown.append(item)
        return list(self._stock.levels_in(shown).values())

    def reservations_within(
        self, names: Sequence[str], budget: ReadBudget, *, more: int = 0
    ) -> tuple[dict[str, Reservation], int]:
        """Reservations of as many names as a budget pays for, and how many names these are.

        One with payments that bought nothing is shown with them, which costs one more read.

        Args:
            more: the units of what else is read to show each of them.
        """

        def read(some: Sequence[str]) -> dict[str, Item]:
            keys = [{"reservation_id": name} for name in dict.fromkeys(some)]
            return {item["reservation_id"]: item for item in batch_get(self._client, self._tables.reservations, keys)}

        rows, number = budget.rows(names, read, lambda row: more + int(bool(row.get("has_refunds"))))
        parsed = {name: parse_or_none(to_reservation, row) for name, row in rows.items()}
        return {name: found for name, found in parsed.items() if found}, number

    def refunds_within(self, keys: Sequence[RefundKey], budget: ReadBudget) -> tuple[dict[RefundKey, Refund], int]:
        """Payments of as many keys as a budget pays for, and how many keys these are.

        One that came before its reservation was known is compared with it, which costs one more read.
        """

        def read(some: Sequence[RefundKey]) -> dict[RefundKey, Item]:
            items = batch_get(self._client, self._tables.refunds, _refund_keys(some))
            return {(item["reservation_id"], item["payment_reference"]): item for item in items}

        rows, number = budget.rows(keys, read, lambda row: int("reservation_status" not in row))
        parsed = {key: parse_or_none(to_refund, row) for key, row in rows.items()}
        return {key: refund for key, refund in parsed.items() if refund}, number

    def executions_within(self, names: Sequence[str], budget: ReadBudget) -> tuple[dict[str, FailedExecution], int]:
        """Failed executions of as many names as a budget pays for, and how many names these are."""

        def read(some: Sequence[str]) -> dict[str, Item]:
            keys = [{"execution_name": name} for name in dict.fromkeys(some)]
            items = batch_get(self._client, self._tables.failed_executions, keys)
            return {item["execution_name"]: item for item in items}

        rows, number = budget.rows(names, read)
        parsed = {name: parse_or_none(to_failed_execution, row) for name, row in rows.items()}
        return {name: found for name, found in parsed.items() if found}, number

    def executions(self, names: Iterable[str]) -> dict[str, FailedExecution]:
        """Failed executions by their names."""
        keys = [{"execution_name": name} for name in dict.fromkeys(names)]
        found = self._read(self._tables.failed_executions, keys, to_failed_execution)
        return {failed.execution_name: failed for failed in found}

    def _read(self, table: str, keys: Sequence[Mapping[str, str]], parse: Callable[[Item], Row]) -> list[Row]:
        items = batch_get(self._client, table, keys)
        return [row for item in items if (row := parse_or_none(parse, item))]


def _refund_keys(keys: Iterable[RefundKey]) -> list[dict[str, str]]:
    return [{"reservation_id": name, "payment_reference": payment} for name, payment in dict.fromkeys(keys)]
