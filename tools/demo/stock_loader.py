"""The shop's stock: the catalogue is loaded, and afterwards the books are compared."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from inventory.aws.dynamodb import Tables, to_item
from inventory.aws.sns import Topics
from inventory.imports.catalogue_csv import Catalogue, read_catalogue
from inventory.model import utc_now
from inventory.stock.changes import ChangeContext, count
from inventory.stock.store import StockStore
from tools.local.stack import Stack
from tools.reconcile.invariants import customer_differences, differences

WRITERS = 8
DELIVERY = ChangeContext(actor="demo", reason="delivery")


class BadCatalogue(Exception):
    """A catalogue with wrong rows; none of it was loaded."""

    def __init__(self, path: Path, catalogue: Catalogue) -> None:
        super().__init__(f"{path} was not loaded:\n" + "\n".join(f"  {error}" for error in catalogue.errors))


class Shelves:
    """The stock of a deployed stack, as its operator sees it."""

    def __init__(self, stack: Stack) -> None:
        outputs = stack.outputs
        self._client = stack.client("dynamodb")
        self._tables = Tables(
            outputs["InventoryTableName"],
            outputs["ReservationsTableName"],
            outputs["MovementsTableName"],
            outputs["CustomersTableName"],
        )
        self._stock = StockStore(self._client, self._tables)
        self._topics = Topics(
            stack.client("sns"), low_stock=outputs["LowStockTopicArn"], operations=outputs["OperationsTopicArn"]
        )

    def load(self, path: Path, tell: Callable[[int, int], None] = lambda done, of: None) -> int:
        """Set every level that a catalogue names to its count.

        Raises:
            BadCatalogue: some row is wrong; nothing was written.
        """
        with path.open(newline="", encoding="utf-8-sig") as file:
            catalogue = read_catalogue(file)
        if catalogue.errors:
            raise BadCatalogue(path, catalogue)
        with ThreadPoolExecutor(WRITERS) as pool:
            futures = [
                pool.submit(count, counted, DELIVERY, stock=self._stock, topics=self._topics, now=utc_now())
                for counted in catalogue.counts
            ]
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                tell(done, len(futures))
        return len(futures)

    def levels(self) -> list[dict[str, Any]]:
        """Every level's row."""
        return self._rows(self._tables.inventory)

    def differences(self) -> list[str]:
        """Where the tables do not agree; nothing may be written meanwhile."""
        reservations = self._rows(self._tables.reservations)
        return [
            *differences(self.levels(), reservations, self._rows(self._tables.movements)),
            *customer_differences(reservations, self._rows(self._tables.customers)),
        ]

    def _rows(self, table: str) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [to_item(item) for page in pages for item in page["Items"]]
