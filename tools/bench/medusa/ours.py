"""Our reservations: the use case of the function ReserveStock, on DynamoDB Local."""

import itertools
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from inventory.model import utc_now
from inventory.reservations.reservation_request import ReservationRequest
from tests.support.dynamodb_local import dynamodb_local
from tests.support.shop import Shop, new_shop
from tools.bench.levels import write_levels
from tools.bench.medusa.result import Round

ON_HAND = 10_000_000


class Ours:
    """A shop with products, all in one warehouse."""

    def __init__(self, shop: Shop, products: int) -> None:
        self._shop = shop
        self._product_ids = [f"P-{number}" for number in range(products)]
        keys = [(product_id, "main") for product_id in self._product_ids]
        write_levels(shop.client, shop.tables.inventory, keys, on_hand=ON_HAND)
        self._numbers = itertools.count()
        self._made = 0

    def run(self, case: str, seconds: float, concurrency: int) -> Round:
        """Reserve units for so long: `hot` of one product, `spread` of any.

        Raises:
            RuntimeError: a reservation is not in the books.
        """
        product_ids = self._product_ids[:1] if case == "hot" else self._product_ids
        cpu, began = time.process_time(), time.monotonic()
        with ThreadPoolExecutor(concurrency) as pool:
            shoppers = [pool.submit(self._shop_until, began + seconds, product_ids) for _ in range(concurrency)]
            reserves = sum(shopper.result() for shopper in shoppers)
        ran = Round(reserves, time.monotonic() - began, time.process_time() - cpu)
        self._made += reserves
        self._compare()
        return ran

    def _shop_until(self, end: float, product_ids: Sequence[str]) -> int:
        reserves = 0
        while time.monotonic() < end:
            line = {"product_id": random.choice(product_ids), "quantity": 1}
            request = ReservationRequest.parse({"lines": [line]})
            name = f"OURS-{next(self._numbers)}"
            held = self._shop.reservations.reserve(name, request, self._shop.policy, utc_now())
            if held.status != "HELD":
                raise RuntimeError(f"{name} is {held.status}")
            reserves += 1
        return reserves

    def _compare(self) -> None:
        pages = self._shop.client.get_paginator("scan").paginate(TableName=self._shop.tables.inventory)
        reserved = sum(int(item["reserved"]["N"]) for page in pages for item in page["Items"])
        if reserved != self._made:
            raise RuntimeError(f"{reserved} units are reserved, but {self._made} reservations were made")


@contextmanager
def our_shop(products: int) -> Iterator[Ours]:
    """A shop of its own."""
    with dynamodb_local() as url:
        yield Ours(new_shop(url), products)
