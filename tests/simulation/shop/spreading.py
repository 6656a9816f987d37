"""Managers who spread levels over more and fewer shards, while they sell."""

import random
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from inventory import dependencies
from inventory.errors import LevelNotFound, ShardsChanging
from inventory.model import LevelKey, utc_now
from tests.simulation.platform.scheduler import Script, Wait
from tests.simulation.shop.calls import Calls

NUMBERS = (1, 2, 3, 3, 5, 8)
SPREAD_EVERY = 2  # in one of so many worlds; in the others, no level is spread
FUNCTION = "set_shards"
EXPECTED = ("LevelNotFound", "ShardsChanging", "done")


def set_shards(event: dict[str, Any], _: object) -> str:
    """What the administrators' call does, in a function of its own."""
    key = LevelKey(event["product_id"], event["warehouse_id"])
    try:
        dependencies.shards().set_shards(key, event["shards"], None, "ada", utc_now())
    except (LevelNotFound, ShardsChanging) as error:
        return type(error).__name__
    return "done"


@dataclass
class Spreading:
    """Sets numbers of shards."""

    draw: random.Random
    calls: Calls
    products: list[str]
    unexpected: list[str] = field(default_factory=list)

    def work(self, count: int, seconds: float) -> Script:
        """So many changes, at any time; the first ones at the beginning."""
        for number in range(count):
            yield self.calls.sleep(5 if number < len(self.products) else self.draw.uniform(0, 2 * seconds / count))
            self.calls.start(self._set(self.draw.choice(self.products), self.draw.choice(NUMBERS)))

    def _set(self, product: str, shards: int) -> Generator[Wait, Any, None]:
        product_id, _, warehouse_id = product.partition("/")
        event = {"product_id": product_id, "warehouse_id": warehouse_id, "shards": shards}
        answer = yield from self.calls.direct(FUNCTION, event, attempts=5)
        if answer not in (*EXPECTED, None):
            self.unexpected.append(str(answer))
