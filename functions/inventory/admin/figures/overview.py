"""The overview: figures of the read model; without one, as much as one call counts in the tables."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from inventory.admin.figures.overview_store import LevelSummary, OverviewStore
from inventory.errors import ReadModelMissing, TransientError
from inventory.index_partitions import ACTIVE
from inventory.model import Status, StockStatus, iso
from inventory.observability import logger
from inventory.read_model.figures.counted import Counted
from inventory.read_model.levels.index import StockFigures
from inventory.read_model.reader import Freshness, ReadModel, State

Entry = TypeVar("Entry")
Result = TypeVar("Result")

HOURS = 24
OUTCOMES = (Status.COMMITTED, Status.RELEASED, Status.REJECTED, Status.UNFULFILLED)

# How much one call reads at most without the read model: about 100 units. If there is more, the answer says so.
LEVELS_MAX = 1_000
DECIDED_MAX = 200  # of each outcome
# A page counts COUNTED_A_READ keys, of each partition of a phase.
COUNTED_PAGES_MAX = 12

# The levels, two counts, and each outcome: all in parallel.
_reads = ThreadPoolExecutor(3 + len(OUTCOMES), thread_name_prefix="overview")


# The parts of the overview, as `unavailable` names them.
STOCK, HOLDS, MONEY_TO_RETURN, RESERVATIONS = PARTS = ("stock", "holds", "money_to_return", "reservations")


@dataclass(frozen=True, slots=True)
class Number:
    """What was counted, and whether it is all."""

    value: int
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class Decided:
    """How many reservations were decided in each hour, by outcome."""

    hours: Mapping[Status, Counter[datetime]]
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of one moment; None for a part that could not be read."""

    as_of: datetime
    freshness: Freshness
    hours: Sequence[datetime]
    stock: StockFigures | None
    has_all_levels: bool
    active: Number | None
    ending_soon: int | None  # not counted without the read model
    open_refunds: Number | None
    decided: Decided | None

    @property
    def unavailable(self) -> list[str]:
        """The parts that could not be read."""
        read = (self.stock, self.active, self.open_refunds, self.decided)
        return [name for name, part in zip(PARTS, read, strict=True) if part is None]

    @property
    def is_complete(self) -> bool:
        """Whether all of stock, holds and payments was counted, without what could not be read."""
        counted = all(number.is_complete for number in (self.active, self.open_refunds) if number)
        return counted and (self.stock is None or self.has_all_levels)

    def to_json(self) -> dict[str, Any]:
        refunds = self.open_refunds
        return {
            "as_of": iso(self.as_of),
            "read_model": self.freshness.to_json(),
            "is_complete": self.is_complete,
            "unavailable": self.unavailable,
            "stock": _levels_json(self.stock) if self.stock else None,
            "holds": {
                "active": self.active.value if self.active else None,
                "units": self.stock.reserved if self.stock else None,
                "ending_soon": self.ending_soon,
            },
            "unfulfilled": refunds.value if refunds else None,
            "money_to_return": {"open": refunds.value} if refunds else None,
            "reservations": _hours_json(self.decided, self.hours) if self.decided else None,
            "categories": sorted(self.stock.categories) if self.stock else [],
            "warehouses": sorted(self.stock.warehouses) if self.stock else [],
        }


def _levels_json(stock: StockFigures) -> dict[str, int]:
    return {
        "levels": stock.statuses.total(),
        "in_stock": stock.statuses[StockStatus.IN_STOCK],
        "low_stock": stock.statuses[StockStatus.LOW_STOCK],
        "out_of_stock": stock.statuses[StockStatus.OUT_OF_STOCK],
    }


def _hours_json(decided: Decided, hours: Sequence[datetime]) -> dict[str, Any]:
    return {
        "since": iso(hours[0]),
        "is_complete": decided.is_complete,
        "hours": [
            {"hour": iso(hour)} | {status.lower(): decided.hours[status][hour] for status in OUTCOMES} for hour in hours
        ],
    }


def get_overview(*, read_model: ReadModel, store: OverviewStore, now: datetime) -> Overview:
    """The figures now. A part that fails leaves the others.

    Raises:
        TransientError: no part can be read now.
    """
    hours = hours_until(now)
    found = unless_it_fails("the read model's figures", read_model.figures)
    counted = found[0] if found else None
    parts = _counted_before(counted, hours, now) if counted else _counted_now(store, hours)
    stock, has_all_levels, freshness = _stock(read_model, store)
    if counted and found:  # otherwise the parts were counted now, and say themselves whether that is all
        freshness = max(freshness, found[1], key=lambda one: list(State).index(one.state))
    overview = Overview(now, freshness, hours, stock, has_all_levels, **parts)
    if len(overview.unavailable) == len(PARTS):
        raise TransientError("none of the figures can be read now: try again")
    return overview


def _counted_before(counted: Counted, hours: Sequence[datetime], now: datetime) -> dict[str, Any]:
    """What the read model has counted."""
    return {
        "active": Number(len(counted.active.ends)),
        "ending_soon": counted.active.ending_soon(now),
        "open_refunds": Number(len(counted.open_refunds)),
        "decided": Decided(counted.outcomes.by_hour(hours)),
    }


def _counted_now(store: OverviewStore, hours: Sequence[datetime]) -> dict[str, Any]:
    """Count in the indexes, as much as one call may."""
    active = _reads.submit(unless_it_fails, HOLDS, lambda: _number(lambda: store.counts(ACTIVE)))
    refunds = _reads.submit(unless_it_fails, MONEY_TO_RETURN, lambda: _number(store.open_refunds))
    decided = unless_it_fails(RESERVATIONS, lambda: _decided(store, hours))
    return {"active": active.result(), "ending_soon": None, "open_refunds": refunds.result(), "decided": decided}


def _stock(read_model: ReadModel, store: OverviewStore) -> tuple[StockFigures | None, bool, Freshness]:
    """The sums over all levels, whether these are all, and how old they are."""
    levels = unless_it_fails(
        "the read model's levels", lambda: read_model.levels(exact=False)
    )  # pages ask again and again
    index = levels.index if levels else None
    # Of a snapshot that is gone, some files may be left.
    stock = unless_it_fails("the read model's levels", index.figures) if index else None
    if levels and stock:
        return stock, True, levels.freshness
    summed = unless_it_fails(STOCK, lambda: at_most(LEVELS_MAX, store.level_summaries))
    missing = Freshness(State.MISSING, levels.freshness.followed_until if levels else None)
    return (add_up(summed[0]), summed[1], missing) if summed else (None, False, missing)


def _number(counts: Callable[[], Iterable[int]]) -> Number:
    found, is_complete = at_most(COUNTED_PAGES_MAX, counts)
    return Number(sum(found), is_complete)


def _decided(store: OverviewStore, hours: Sequence[datetime]) -> Decided:
    since = iso(hours[0])
    found = _reads.map(lambda status: at_most(DECIDED_MAX, lambda: store.decided(status, since)), OUTCOMES)
    moments = dict(zip(OUTCOMES, found, strict=True))
    return Decided(
        {status: by_hour(times, hours) for status, (times, _) in moments.items()},
        all(is_complete for _, is_complete in moments.values()),
    )


def unless_it_fails(what: str, read: Callable[[], Result]) -> Result | None:
    """What is read; None if AWS does not answer it now, which is logged."""
    try:
        return read()
    except (BotoCoreError, ClientError, ReadModelMissing, TransientError) as error:
        logger.error("a part of the answer cannot be read", part=what, reason=repr(error))
        return None


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
