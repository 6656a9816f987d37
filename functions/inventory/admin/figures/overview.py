"""The overview: what needs attention now, counted from the levels and the index of reservations."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from inventory.admin.overview_store import LevelSummary, OverviewStore
from inventory.index_partitions import ACTIVE
from inventory.model import Status, StockStatus, iso

Entry = TypeVar("Entry")

HOURS = 24
OUTCOMES = (Status.COMMITTED, Status.RELEASED, Status.REJECTED, Status.UNFULFILLED)

# How much one call reads at most; if there is more, the answer says that its figures are incomplete.
LEVELS_MAX = 100_000
DECIDED_MAX = 20_000  # of each outcome
# A page counts some 7,000 keys.
COUNTED_PAGES_MAX = 50

# The levels, two counts, and each outcome: all in parallel.
_reads = ThreadPoolExecutor(3 + len(OUTCOMES), thread_name_prefix="overview")


@dataclass(frozen=True, slots=True)
class StockFigures:
    """The sums over all levels."""

    statuses: Counter[StockStatus]
    reserved: int
    categories: frozenset[str]
    warehouses: frozenset[str]


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of one moment."""

    as_of: datetime
    is_complete: bool
    stock: StockFigures
    active: int
    unfulfilled: int
    hours: Sequence[datetime]
    hours_are_complete: bool
    decided: Mapping[Status, Counter[datetime]]

    def to_json(self) -> dict[str, Any]:
        statuses = self.stock.statuses
        return {
            "as_of": iso(self.as_of),
            "is_complete": self.is_complete,
            "stock": {
                "levels": statuses.total(),
                "in_stock": statuses[StockStatus.IN_STOCK],
                "low_stock": statuses[StockStatus.LOW_STOCK],
                "out_of_stock": statuses[StockStatus.OUT_OF_STOCK],
            },
            "holds": {"active": self.active, "units": self.stock.reserved},
            "unfulfilled": self.unfulfilled,
            "reservations": {
                "since": iso(self.hours[0]),
                "is_complete": self.hours_are_complete,
                "hours": [
                    {"hour": iso(hour)} | {status.lower(): self.decided[status][hour] for status in OUTCOMES}
                    for hour in self.hours
                ],
            },
            "categories": sorted(self.stock.categories),
            "warehouses": sorted(self.stock.warehouses),
        }


def get_overview(*, store: OverviewStore, now: datetime) -> Overview:
    """Count everything now."""
    hours = hours_until(now)
    since = iso(hours[0])
    summaries = _reads.submit(at_most, LEVELS_MAX, store.level_summaries)
    active = _reads.submit(at_most, COUNTED_PAGES_MAX, lambda: store.counts(ACTIVE))
    unfulfilled = _reads.submit(at_most, COUNTED_PAGES_MAX, store.open_refunds)
    decided = _reads.map(lambda status: at_most(DECIDED_MAX, lambda: store.decided(status, since)), OUTCOMES)
    moments = dict(zip(OUTCOMES, decided, strict=True))
    return Overview(
        as_of=now,
        is_complete=all(read.result()[1] for read in (summaries, active, unfulfilled)),
        stock=add_up(summaries.result()[0]),
        active=sum(active.result()[0]),
        unfulfilled=sum(unfulfilled.result()[0]),
        hours=hours,
        hours_are_complete=all(is_complete for _, is_complete in moments.values()),
        decided={status: by_hour(times, hours) for status, (times, _) in moments.items()},
    )


def at_most(number: int, read: Callable[[], Iterable[Entry]]) -> tuple[list[Entry], bool]:
    """The first entries of a read, and whether these are all."""
    entries = iter(read())
    first = list(islice(entries, number))
    return first, next(entries, None) is None


def add_up(summaries: Iterable[LevelSummary]) -> StockFigures:
    """Add up all levels. A retired one needs no attention, so it has no status; what is held of it counts."""
    statuses: Counter[StockStatus] = Counter()
    reserved = 0
    categories, warehouses = set(), set()
    for summary in summaries:
        if summary.status:
            statuses[summary.status] += 1
        reserved += summary.reserved
        categories.add(summary.category)
        warehouses.add(summary.warehouse_id)
    return StockFigures(statuses, reserved, frozenset(categories), frozenset(warehouses))


def hours_until(now: datetime) -> list[datetime]:
    """The beginnings of the last hours, the current one included, the earliest first."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    return [this_hour - timedelta(hours=ago) for ago in reversed(range(HOURS))]


def by_hour(times: Iterable[str], hours: Sequence[datetime]) -> Counter[datetime]:
    """How many of these times are in each hour."""
    to_the_hour = len("2026-11-22T10")
    texts = Counter(time[:to_the_hour] for time in times)
    return Counter({hour: texts[iso(hour)[:to_the_hour]] for hour in hours})
