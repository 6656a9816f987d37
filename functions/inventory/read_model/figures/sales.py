"""Units sold of each level on each of the last 14 days, from the ledger.

A merge reads the ledgers of the products whose levels changed, from where they were read before to two minutes ago: what is
older is written, also by a slow writer. The rest waits for a later merge. So each sale counts exactly once.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from inventory.model import LevelKey
from inventory.read_model.entries import LevelEntry
from inventory.read_model.figures.packing import I64_MAX, U32_MAX, pack, unpack
from inventory.read_model.figures.times import day_of, milliseconds

DAYS = 14
SETTLED_AFTER = timedelta(minutes=2)
# A change that was seen may be of a movement whose writer's clock is ahead by some seconds.
SKEW = timedelta(seconds=10)
NOT_FOR_SALE = -1  # in the place of the available units of a retired or deleted level

Key = tuple[str, str]  # product and warehouse


class Sale(NamedTuple):
    """Units that one movement sold of a level."""

    key: Key
    day: int
    units: int


class Waiting(NamedTuple):
    """A product whose ledger must be read: from when on, when it was last seen to change, and of how many shards."""

    due: int  # milliseconds, as the next one
    seen: int
    shards: int


@dataclass
class SoldUnits:
    """The units sold of each level, a list of 14 days, and how far each product's ledger was read."""

    last_day: int  # the last of the 14 days
    since: int  # ledgers that are not in `read` are read from this moment on
    days: dict[Key, list[int]] = field(default_factory=dict)
    available: dict[Key, int] = field(default_factory=dict)  # of the levels with sales
    read: dict[str, int] = field(default_factory=dict)  # up to which moment; of the products with sales
    waiting: dict[str, Waiting] = field(default_factory=dict)

    @classmethod
    def empty(cls, now: datetime) -> "SoldUnits":
        """Nothing was read yet."""
        return cls(day_of(now), milliseconds(first_moment(now)))

    def roll(self, now: datetime) -> None:
        """Forget the days that are over."""
        passed = day_of(now) - self.last_day
        if passed <= 0:
            return
        shift = min(passed, DAYS)
        rolled = {key: row[shift:] + [0] * shift for key, row in self.days.items()}
        self.days = {key: row for key, row in rolled.items() if any(row)}
        self.available = {key: units for key, units in self.available.items() if key in self.days}
        sold = {product_id for product_id, _ in self.days}
        self.read = {product_id: until for product_id, until in self.read.items() if product_id in sold}
        self.last_day = day_of(now)

    def note(self, changed: Mapping[Key, LevelEntry | None], now: datetime) -> None:
        """Remember which levels changed: their ledgers are read when what happened is old enough."""
        seen = milliseconds(now)
        for key, entry in changed.items():
            self.wait_for(key[0], seen, entry.shards if entry else 1)
            if key in self.available:
                self.set_available(key, entry)

    def wait_for(self, product_id: str, seen: int, shards: int) -> None:
        """Read the ledger of a product when what was seen of it is old enough."""
        before = self.waiting.get(product_id, Waiting(seen + _DELAY, seen, 1))
        self.waiting[product_id] = Waiting(before.due, max(before.seen, seen), max(before.shards, shards))

    def due(self, now: datetime) -> list[str]:
        """The products whose ledgers can be read now, the longest waiting first."""
        found = [(waiting.due, product_id) for product_id, waiting in self.waiting.items()]
        return [product_id for due, product_id in sorted(found) if due <= milliseconds(now)]

    @property
    def next_due(self) -> int | None:
        """When the next ledger can be read."""
        return min((waiting.due for waiting in self.waiting.values()), default=None)

    def start_of(self, product_id: str, now: datetime) -> int:
        """From which moment on the ledger of a product is not counted yet."""
        return max(self.read.get(product_id, self.since), milliseconds(first_moment(now)))

    def take(self, product_id: str, sales: Iterable[Sale], now: datetime) -> None:
        """Count what a product's ledger had from `start_of` to `settled_until`."""
        until = milliseconds(settled_until(now))
        is_sold = product_id in self.read
        for sale in sales:
            is_sold |= self.add(sale)
        if is_sold:
            self.read[product_id] = until
        waiting = self.waiting.pop(product_id)
        if waiting.seen + milliseconds_of(SKEW) > until:
            self.waiting[product_id] = waiting._replace(due=waiting.seen + _DELAY)

    def add(self, sale: Sale) -> bool:
        """Count one sale; False if it is of another day."""
        at = sale.day - self.last_day + DAYS - 1
        if not 0 <= at < DAYS or sale.units <= 0:
            return False
        row = self.days.setdefault(sale.key, [0] * DAYS)
        row[at] = min(row[at] + sale.units, U32_MAX)
        return True

    def set_available(self, key: Key, entry: LevelEntry | None) -> None:
        """Keep what of a level can be bought: its available units, but not those of a retired one."""
        self.available[key] = min(max(0, entry.available), I64_MAX) if entry and entry.active else NOT_FOR_SALE

    def encode(self) -> bytes:
        """Its file: columns in the order of keys, one for each day."""
        keys = sorted(self.days)
        products = list(dict.fromkeys(product_id for product_id, _ in keys))
        header = {
            "last_day": self.last_day,
            "since": self.since,
            "products": [product_id for product_id, _ in keys],
            "warehouses": [warehouse_id for _, warehouse_id in keys],
            "waiting": [[product_id, *waiting] for product_id, waiting in sorted(self.waiting.items())],
        }
        columns = [
            array("Q", (self.read.get(product_id, self.since) for product_id in products)),
            array("q", (self.available.get(key, NOT_FOR_SALE) for key in keys)),
            *(array("I", column) for column in zip(*map(self.days.__getitem__, keys), strict=True)),
        ]
        return pack(header, columns)

    @classmethod
    def decode(cls, content: bytes) -> "SoldUnits":
        """The inverse of `encode`."""
        header, [read, available, *days] = unpack(content)
        keys = list(zip(header["products"], header["warehouses"], strict=True))
        products = dict.fromkeys(header["products"])
        return cls(
            header["last_day"],
            header["since"],
            dict(zip(keys, map(list, zip(*days, strict=True)), strict=True)) if keys else {},
            dict(zip(keys, available, strict=True)),
            dict(zip(products, read, strict=True)),
            {product_id: Waiting(*waiting) for product_id, *waiting in header["waiting"]},
        )


def milliseconds_of(time: timedelta) -> int:
    """A span as a whole number."""
    return time // timedelta(milliseconds=1)


_DELAY = milliseconds_of(SETTLED_AFTER + SKEW)


def settled_until(now: datetime) -> datetime:
    """What is earlier was written."""
    return now - SETTLED_AFTER


def first_moment(now: datetime) -> datetime:
    """The beginning of the first of the 14 days."""
    return datetime.fromisoformat(f"{datetime.fromordinal(day_of(now) - DAYS + 1):%Y-%m-%d}T00:00:00+00:00")


def key_of(key: LevelKey) -> Key:
    """A level's key without its shard."""
    return key.product_id, key.warehouse_id


class Columns(NamedTuple):
    """The same file as it is read to list levels: in the order of keys, without a step for each number."""

    products: list[str]
    warehouses: list[str]
    available: "array[int]"
    days: list["array[int]"]
    last_day: int

    @classmethod
    def decode(cls, content: bytes) -> "Columns":
        """Read a file that `SoldUnits` wrote."""
        header, [_, available, *days] = unpack(content)
        return cls(header["products"], header["warehouses"], available, days, header["last_day"])

    def totals(self, now: datetime) -> list[int]:
        """The units of each level within the last 14 days."""
        passed = max(0, day_of(now) - self.last_day)
        kept = self.days[passed:]
        return list(map(sum, zip(*kept, strict=True))) if kept else [0] * len(self.products)

    def position(self, key: Key) -> int | None:
        """Where a level is; None if nothing of it was sold."""
        product_id, warehouse_id = key
        at = bisect_left(self.products, product_id)
        while at < len(self.products) and self.products[at] == product_id:
            if self.warehouses[at] == warehouse_id:
                return at
            at += 1
        return None
