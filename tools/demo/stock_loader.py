"""Loads a catalogue into a deployed stack, and checks the invariants of its tables."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from inventory.aws.changes import to_item
from inventory.aws.dynamodb import Tables
from inventory.aws.sns import Topics
from inventory.items import is_heartbeat
from inventory.model import utc_now
from inventory.stock.changes import ChangeContext, StockChanges
from inventory.stock.counts import Count
from inventory.stock.ledger import Ledger
from inventory.stock.low_stock_alerts import LowStockAlerts
from inventory.stock.repeated_calls import RepeatedCalls
from inventory.stock.store import StockStore
from tools.load.catalogue_file import read_catalogue_file
from tools.local.stack import Stack
from tools.reconcile.invariants import customer_differences, differences

WRITERS = 8
DELIVERY = ChangeContext(actor="demo", reason="delivery")

OnProgress = Callable[[int, int], object]  # gets how many levels are written, and how many there are


class StockLoader:
    """Reads and writes the stock of a deployed stack, with the operator's credentials."""

    def __init__(self, stack: Stack) -> None:
        outputs = stack.outputs
        self._client = stack.client("dynamodb")
        self._tables = Tables(
            outputs["InventoryTableName"],
            outputs["ReservationsTableName"],
            outputs["MovementsTableName"],
            outputs["CustomersTableName"],
            outputs["RefundsTableName"],
            outputs["FailedExecutionsTableName"],
            outputs["IdempotencyTableName"],
            outputs["PublishedTableName"],
            outputs["ReadModelTableName"],
            outputs["LedgerCheckpointsTableName"],
        )
        topics = Topics(
            lambda: stack.client("sns"), low_stock=outputs["LowStockTopicArn"], operations=outputs["OperationsTopicArn"]
        )
        store = StockStore(self._client, self._tables)
        calls = RepeatedCalls(self._client, self._tables, retention_days=1)
        ledger = Ledger(self._client, self._tables)
        self._changes = StockChanges(store, ledger, calls, LowStockAlerts(store, topics))

    def load(self, path: Path, on_progress: OnProgress = lambda done, total: None) -> int:
        """Set the stock of every level in a catalogue, and return the number of levels.

        Raises:
            BadCatalogue: the file cannot be read, or a row is invalid; nothing was written.
        """
        counts = read_catalogue_file(path).counts
        self.count(counts, on_progress)
        return len(counts)

    def count(self, counts: Sequence[Count], on_progress: OnProgress = lambda done, total: None) -> None:
        """Set the stock of these levels. After Ctrl-C or an error, nothing more is begun."""
        pool = ThreadPoolExecutor(WRITERS)
        try:
            futures = [pool.submit(self._changes.count, counted, DELIVERY, utc_now()) for counted in counts]
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                on_progress(done, len(futures))
        finally:
            pool.shutdown(cancel_futures=True)

    def levels(self) -> list[dict[str, Any]]:
        """All rows of the Inventory table, without the heartbeat of the read model."""
        return [row for row in self._rows(self._tables.inventory) if not is_heartbeat(row)]

    def differences(self) -> list[str]:
        """A sentence for each broken invariant. Nothing may be written while the tables are read."""
        reservations = self._rows(self._tables.reservations)
        return [
            *differences(self.levels(), reservations, self._rows(self._tables.movements)),
            *customer_differences(reservations, self._rows(self._tables.customers)),
        ]

    def _rows(self, table: str) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [to_item(item) for page in pages for item in page["Items"]]
