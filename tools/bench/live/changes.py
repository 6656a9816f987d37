"""Changes of stock: rows that are written directly, as another tool would write them, so that nothing else costs time."""

import random
import time
from bisect import bisect_left
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from inventory.aws.changes import to_attributes
from inventory.model import iso, utc_now
from tools.local import Stack

WRITERS = 4
# So many units a change that all are shown as "Only 1,234 left".
THRESHOLD = 1_000_000_000


@dataclass(frozen=True)
class Seen:
    """What was shown of a product, and when: its units and the time in seconds."""

    units: int
    at: float


@dataclass
class Product:
    """A product whose units grow by one with each change, so that what is shown says which changes it contains."""

    product_id: str
    units: int = 1
    written_at: dict[int, float] = field(default_factory=dict)  # by units: when the write began

    def latencies(self, seen: Sequence[Seen], since: float = 0.0) -> list[float]:
        """For each change since then the time until it, or a later one, was shown; those that never were are left out."""
        ordered = sorted(seen, key=lambda one: one.at)
        best: list[Seen] = []
        for one in ordered:
            if not best or one.units > best[-1].units:
                best.append(one)
        found = []
        for units, written_at in self.written_at.items():
            place = bisect_left(best, units, key=lambda one: one.units)
            if written_at >= since and place < len(best):
                found.append(best[place].at - written_at)
        return found

    def is_shown_in(self, seen: Sequence[Seen]) -> bool:
        """Whether the last change was shown."""
        return any(one.units >= self.units for one in seen)


class Changes:
    """Writes changes of products in the tables of a stack."""

    def __init__(self, stack: Stack, products: int) -> None:
        self._client: Any = stack.client("dynamodb")
        self._table = stack.outputs["InventoryTableName"]
        self._draw = random.Random(1)
        self.products = [Product(f"LIVE-{number:02}") for number in range(products)]
        for product in self.products:
            self._create(product)

    def write(self, product: Product) -> None:
        """One change of a product."""
        product.units += 1
        product.written_at[product.units] = time.time()
        self._client.update_item(
            TableName=self._table,
            Key=to_attributes({"product_id": product.product_id, "warehouse_id": "main"}),
            UpdateExpression="SET on_hand = :units, available = :units, updated_at = :now ADD version :one",
            ExpressionAttributeValues=to_attributes({":units": product.units, ":now": iso(utc_now()), ":one": 1}),
        )

    def write_for(self, seconds: float, per_minute: int) -> float:
        """Write at a rate, whether the writes are quick or not; each writer has its own products.

        Returns:
            How many changes a minute were written.
        """
        began = time.monotonic()
        with ThreadPoolExecutor(WRITERS) as pool:
            written = sum(pool.map(lambda number: self._work(number, began, seconds, per_minute), range(WRITERS)))
        return written / (time.monotonic() - began) * 60

    def _work(self, number: int, began: float, seconds: float, per_minute: int) -> int:
        own = self.products[number::WRITERS]
        every = 60 / per_minute * len(self.products) / len(own)
        count = int(seconds / every)
        for index in range(count):
            pause = began + index * every - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            if time.monotonic() > began + seconds * 1.5:  # far too slow: the rest would prove nothing
                return index
            self.write(own[index % len(own)])
        return count

    def _create(self, product: Product) -> None:
        row = {
            "product_id": product.product_id,
            "warehouse_id": "main",
            "name": product.product_id,
            "category": "bench",
            "on_hand": product.units,
            "reserved": 0,
            "available": product.units,
            "low_stock_threshold": THRESHOLD,
            "low_stock_alerted": True,
            "version": 1,
            "updated_at": iso(utc_now()),
        }
        self._client.put_item(TableName=self._table, Item=to_attributes(row))

    def pause_at_rest(self) -> float:
        """How long to wait before the next change at rest: never in step with anything."""
        return self._draw.uniform(0.6, 1.4)
