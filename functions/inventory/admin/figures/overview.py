"""The overview: figures of the read model; without one, as much as one call counts in the tables."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from inventory.admin.figures.overview_store import LevelSummary, OverviewStore
from inventory.errors import ReadModelMissing
from inventory.index_partitions import ACTIVE
from inventory.model import Status, StockStatus, iso
from inventory.read_model.figures.counted import Counted
from inventory.read_model.levels.index import StockFigures
from inventory.read_model.reader import Freshness, ReadModel, State

Entry = TypeVar("Entry")

HOURS = 24
OUTCOMES = (Status.COMMITTED, Status.RELEASED, Status.REJECTED, Status.UNFULFILLED)

# How much one call reads at most without the read model: about 100 units. If there is more, the answer says so.
LEVELS_MAX = 1_000
DECIDED_MAX = 200  # of each outcome
# A page counts COUNTED_A_READ keys, of each partition of a phase.
COUNTED_PAGES_MAX = 12

# The levels, two counts, and each outcome: all in parallel.
_reads = ThreadPoolExecutor(3 + len(OUTCOMES), thread_name_prefix="overview")


@dataclass(frozen=True, slots=True)
class Activity:
    """What is held, decided and to be returned."""

    is_complete: bool
    active: int
    ending_soon: int | None  # None: not counted
    open_refunds: int
    decided: Mapping[Status, Counter[datetime]]  # by hour
    hours_are_complete: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of one moment."""

    as_of: datetime
    freshness: Freshness
    is_complete: bool
    stock: StockFigures
    activity: Activity
    hours: Sequence[datetime]

    def to_json(self) -> dict[str, Any]:
        statuses, activity = self.stock.statuses, self.activity
        return {
            "as_of": iso(self.as_of),
            "read_model": self.freshness.to_json(),
            "is_complete": self.is_complete and activity.is_complete,
            "stock": {
                "levels": statuses.total(),
                "in_stock": statuses[StockStatus.IN_STOCK],
                "low_stock": statuses[StockStatus.LOW_STOCK],
                "out_of_stock": statuses[StockStatus.OUT_OF_STOCK],
            },
            "holds": {
                "active": activity.active,
                "units": self.stock.reserved,
                "ending_soon": activity.ending_soon,
            },
            "unfulfilled": activity.open_refunds,
            "money_to_return": {"open": activity.open_refunds},
            "reservations": {
                "since": iso(self.hours[0]),
                "is_complete": activity.hours_are_complete,
                "hours": [
                    {"hour": iso(hour)} | {status.lower(): activity.decided[status][hour] for status in OUTCOMES}
                    for hour in self.hours
                ],
            },
            "categories": sorted(self.stock.categories),
            "warehouses": sorted(self.stock.warehouses),
        }


def get_overview(*, read_model: ReadModel, store: OverviewStore, now: datetime) -> Overview:
    """The figures now."""
    hours = hours_until(now)
    counted, _ = read_model.figures()
    activity = count(store, hours) if counted is None else activity_of(counted, hours, now)
    levels = read_model.levels(exact=False)  # a page that stays open asks every 30 seconds
    if levels.index is not None:
        with suppress(ReadModelMissing):  # of a snapshot that is gone, some files may be left
            return Overview(now, levels.freshness, True, levels.index.figures(), activity, hours)
    summaries, is_complete = at_most(LEVELS_MAX, store.level_summaries)
    missing = Freshness(State.MISSING, levels.freshness.followed_until)
    return Overview(now, missing, is_complete, add_up(summaries), activity, hours)


def activity_of(counted: Counted, hours: Sequence[datetime], now: datetime) -> Activity:
    """What the read model has counted."""
    return Activity(
        is_complete=True,
        active=len(counted.active.ends),
        ending_soon=counted.active.ending_soon(now),
        open_refunds=len(counted.open_refunds),
        decided=counted.outcomes.by_hour(hours),
        hours_are_complete=True,
    )


def count(store: OverviewStore, hours: Sequence[datetime]) -> Activity:
    """Count in the indexes, as much as one call may."""
    since = iso(hours[0])
    active = _reads.submit(at_most, COUNTED_PAGES_MAX, lambda: store.counts(ACTIVE))
    refunds = _reads.submit(at_most, COUNTED_PAGES_MAX, store.open_refunds)
    decided = _reads.map(lambda status: at_most(DECIDED_MAX, lambda: store.decided(status, since)), OUTCOMES)
    moments = dict(zip(OUTCOMES, decided, strict=True))
    return Activity(
        is_complete=all(read.result()[1] for read in (active, refunds)),
        active=sum(active.result()[0]),
        ending_soon=None,
        open_refunds=sum(refunds.result()[0]),
        decided={status: by_hour(times, hours) for status, (times, _) in moments.items()},
        hours_are_complete=all(is_complete for _, is_complete in moments.values()),
    )


def at_most(number: int, read: Callable[[], Iterable[Entry]]) -> tuple[list[Entry], bool]:
    """The first entries of a read, and whether these are all."""
    entries = iter(read())
    first = list(islice(entries, number))
    return first, next(entries, None) is None


def add_up(summaries: Sequence[LevelSummary]) -> StockFigures:
    """Add up levels. A retired one needs no attention, so it has no status; what is held of it counts."""
    return StockFigures(
        len(summaries),
        Counter(summary.status for summary in summaries if summary.status),
        sum(summary.reserved for summary in summaries),
        frozenset(summary.category for summary in summaries),
        frozenset(summary.warehouse_id for summary in summaries),
    )


def hours_until(now: datetime) -> list[datetime]:
    """The beginnings of the last hours, the current one included, the earliest first."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    return [this_hour - timedelta(hours=ago) for ago in reversed(range(HOURS))]


def by_hour(times: Iterable[str], hours: Sequence[datetime]) -> Counter[datetime]:
    """How many of these times are in each hour."""
    to_the_hour = len("2026-11-22T10")
    texts = Counter(time[:to_the_hour] for time in times)
    return Counter({hour: texts[iso(hour)[:to_the_hour]] for hour in hours})
