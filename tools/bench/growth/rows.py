"""A shop of any size, written in batches: levels, reservations of two months, and the sales of the last weeks."""

import random
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from inventory.aws.changes import to_attributes
from inventory.items import level_item, movement_item, reservation_item
from inventory.model import Level, Line, Movement, Reservation, Shortage, Source, Status, iso, movements_of_sale

BATCH_WRITE_MAX = 25
WRITERS = 4
WAREHOUSES = ("main", "north", "outlet")
KINDS = ("Mug", "Théière", "Kettle", "Lamp", "Chair", "Blanket", "Knife", "Vase", "Basket", "Bowl", "Clock", "Rug")
LOOKS = ("blue", "red", "Größe M", "oak", "linen", "enamelled", "glass", "small", "large", "striped", "café", "plain")
DAYS = 60
DAYS_OF_SALES = 14


class LargeShop:
    """The rows of a shop, the same for the same number of levels.

    A tenth of the products sell. Of twenty reservations one is released, one rejected, and one in two hundred is held.
    """

    def __init__(self, levels: int, now: datetime) -> None:
        self.levels = levels
        self.reservations = 2 * levels
        self._now = now
        self._chance = random.Random(levels)

    def product(self, number: int) -> tuple[str, str]:
        """The product and the warehouse of a level."""
        return f"SKU-{number // len(WAREHOUSES):07}/A", WAREHOUSES[number % len(WAREHOUSES)]

    def level_items(self) -> Iterator[dict[str, Any]]:
        for number in range(self.levels):
            product_id, warehouse_id = self.product(number)
            available = self._chance.choice((0, 3, 12, 40, 250, 1_000))
            yield level_item(
                Level(
                    product_id,
                    warehouse_id,
                    name=f"{KINDS[number % len(KINDS)]} {LOOKS[number // len(KINDS) % len(LOOKS)]} no. {number}",
                    category=f"category {number % 40}",
                    on_hand=available,
                    reserved=0,
                    available=available,
                    low_stock_threshold=5,
                    version=1,
                    updated_at=self._ago(timedelta(minutes=number % 80_000)),
                    low_stock_alerted=available <= 5,
                )
            )

    def items_of_reservations(self) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Each reservation's item, with those of its movements if it was sold lately."""
        for number in range(self.reservations):
            reservation = self._reservation(number)
            decided = datetime.fromisoformat(reservation.decided_at) if reservation.decided_at else self._now
            is_recent = self._now - decided < timedelta(days=DAYS_OF_SALES)
            is_sold = reservation.status is Status.COMMITTED and is_recent
            sales: Iterable[Movement] = movements_of_sale(reservation, decided) if is_sold else ()
            yield reservation_item(reservation), [movement_item(sale) for sale in sales]

    def _reservation(self, number: int) -> Reservation:
        status = Status.COMMITTED
        if number % 200 == 0:
            status = Status.HELD
        elif number % 20 == 1:
            status = Status.RELEASED
        elif number % 20 == 2:
            status = Status.REJECTED
        product_id, warehouse_id = self.product(self._chance.randrange(max(1, self.levels // 10)))
        ago = timedelta(days=DAYS * number / self.reservations, minutes=1)
        is_paid = status is Status.COMMITTED
        return Reservation(
            reservation_id=f"checkout-{self._chance.getrandbits(64):016x}",
            status=status,
            lines=(Line(product_id, warehouse_id, 2, (Source(warehouse_id, 2),)),),
            hold_seconds=900,
            created_at=self._ago(ago + timedelta(minutes=3)),
            held_until=iso(self._now + timedelta(minutes=5)) if status is Status.HELD else self._ago(ago),
            order_id=f"#{1_000_000 + number}",
            customer_id=f"müller.{number % (self.reservations // 3)}@example.com",
            payment_reference=f"pi_{self._chance.getrandbits(90):024x}" if is_paid else None,
            decided_at=None if status is Status.HELD else self._ago(ago),
            shortages=(Shortage(product_id, warehouse_id, 2, 1),) if status is Status.REJECTED else (),
        )

    def _ago(self, time: timedelta) -> str:
        return iso(self._now - time)


def write_all(client: Any, table: str, items: Iterable[dict[str, Any]]) -> int:
    """Write items in batches, several at once, and return their number."""
    remaining = iter(items)
    written = 0

    def write(batch: list[dict[str, Any]]) -> int:
        requests = [{"PutRequest": {"Item": to_attributes(item)}} for item in batch]
        client.batch_write_item(RequestItems={table: requests})
        return len(batch)

    with ThreadPoolExecutor(WRITERS) as pool:
        while portion := list(islice(remaining, BATCH_WRITE_MAX * WRITERS * 8)):
            batches = [portion[start : start + BATCH_WRITE_MAX] for start in range(0, len(portion), BATCH_WRITE_MAX)]
            written += sum(pool.map(write, batches))
    return written
