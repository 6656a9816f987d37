"""Counter drift: whether levels, reservations, movements and customers agree with each other while sales go on.

The tables cannot be read at one moment. So a first reading of everything only finds suspects. Each suspect is then read
twice, both times without a write to it between the beginning and the end; it has drifted if both readings agree.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from inventory.items import Unreadable, parse_or_report, to_customer_counts
from inventory.model import Level, LevelKey
from inventory.observability import logger
from inventory.reconciliation.counter_store import CounterStore, Held, LedgerSums, Progress, no_progress
from inventory.reconciliation.findings import (
    NOTHING,
    Counts,
    CustomerDrift,
    Drift,
    Findings,
    Keys,
    by_level,
    is_counted,
    name_of,
)
from inventory.stock.store import StockStore

# Between two readings the indexes catch up, and unfinished writes end.
PAUSE_SECONDS = 5.0
# How often a suspect is read again if it was written meanwhile. One that is still busy then is left to the next run.
READINGS_MAX = 5


@dataclass
class _Reading:
    """Suspects as they were at a moment without a write to them. Those that were too busy are missing."""

    levels: dict[LevelKey, Drift] = field(default_factory=dict)
    customers: dict[str, CustomerDrift] = field(default_factory=dict)


@dataclass
class Books:
    """What a first reading of the tables found."""

    held: Held
    levels: dict[LevelKey, Level] = field(default_factory=dict)
    unreadable_levels: dict[LevelKey, Unreadable] = field(default_factory=dict)
    ledger: LedgerSums = field(default_factory=LedgerSums)
    customers: dict[str, Counts | Unreadable] = field(default_factory=dict)  # those that have a row

    @property
    def everything(self) -> Keys:
        """The keys of everything that was read."""
        levels = {*self.levels, *self.unreadable_levels, *self.held.units, *self.ledger.of_level}
        return Keys(frozenset(levels), frozenset({*self.customers, *self.held.customers}))


@dataclass(frozen=True)
class _Suspects:
    """What seemed to differ in a first reading."""

    levels: Sequence[LevelKey]
    customers: Sequence[str]
    levels_checked: int
    customers_checked: int
    unreadable: tuple[Unreadable, ...]
    unreadable_keys: Keys
    unopened: dict[LevelKey, int]  # on_hand of levels without movements


@dataclass(frozen=True)
class Rereading:
    """How suspects are read again.

    Args:
        pause: waits for so many seconds.
        moved: the sums of the movements of some levels.
    """

    counters: CounterStore
    stock: StockStore
    pause: Callable[[float], object]
    moved: Callable[[Collection[LevelKey]], LedgerSums]


def find_drift(
    *,
    counters: CounterStore,
    stock: StockStore,
    pause: Callable[[float], object],
    has_time: Callable[[], bool] = lambda: True,
    progress: Progress = no_progress,
) -> Findings:
    """Compare every level with its reservations and its movements, and every customer; sales go on meanwhile.

    Args:
        pause: waits for so many seconds.
        has_time: whether to continue. The ledger is read in another order each time, so several runs cover one that is
            too long for one.
        progress: is called with what was read, and how many rows of it.
    """
    readable, unreadable = counters.levels(progress)
    ledger = counters.ledger(has_time, progress)
    books = Books(
        counters.held(progress),
        {level.key: level for level in readable},
        dict(unreadable),
        ledger,
        counters.customers(progress),
    )
    findings = compare(books, books.everything, Rereading(counters, stock, pause, counters.moved))
    return report(replace(findings, is_complete=ledger.is_complete))


def compare(books: Books, compared: Keys, rereading: Rereading) -> Findings:
    """Compare what a first reading found, and read what seems to differ again."""
    found = _find_suspects(books, compared)
    nothing = Findings(
        *((), found.levels_checked, (), (), found.customers_checked),
        unreadable=found.unreadable,
        unreadable_keys=found.unreadable_keys,
    )
    if not found.levels and not found.customers:
        return nothing
    return confirm(
        replace(nothing, unsure=tuple(found.levels), customers_unsure=tuple(found.customers)), rereading, found.unopened
    )


def confirm(suspected: Findings, rereading: Rereading, unopened: Mapping[LevelKey, int]) -> Findings:
    """Read suspects twice, each time while nothing was written to them; what agrees with itself and not with the others has drifted.

    Args:
        suspected: whose `unsure` levels and customers are read.
        unopened: on_hand of those without movements.
    """
    pause = rereading.pause
    pause(PAUSE_SECONDS)
    first = _read_undisturbed(suspected.unsure, suspected.customers_unsure, rereading)
    for key, on_hand in unopened.items():
        drift = first.levels.get(key)
        if drift and drift.gaps.ledger == on_hand:  # sold since, from a level that had no movements a moment ago
            first.levels[key] = replace(drift, entries=0)
    levels = [key for key, drift in first.levels.items() if drift]
    customers = [customer_id for customer_id, drift in first.customers.items() if drift]
    second = _Reading()
    if levels or customers:
        pause(PAUSE_SECONDS)
        second = _read_undisturbed(levels, customers, rereading)
    return replace(
        suspected,
        drifts=by_level(
            drift for key, drift in second.levels.items() if drift and drift.gaps == first.levels[key].gaps
        ),
        unsure=tuple(
            key
            for key in suspected.unsure
            if key not in first.levels or (first.levels[key] and key not in second.levels)
        ),
        customers=tuple(
            drift
            for customer_id, drift in sorted(second.customers.items())
            if _is_same(drift, first.customers[customer_id])
        ),
        customers_unsure=tuple(
            customer_id
            for customer_id in suspected.customers_unsure
            if customer_id not in first.customers
            or (first.customers[customer_id] and customer_id not in second.customers)
        ),
        # One undisturbed reading is enough: what is sold from now on has its own movement.
        unopened=by_level(drift for drift in first.levels.values() if drift.is_unopened and not drift),
    )


def _find_suspects(books: Books, compared: Keys) -> _Suspects:
    levels, hidden, held, ledger = books.levels, books.unreadable_levels.keys(), books.held, books.ledger
    drifts = [
        Drift.of(
            *(key, levels.get(key), held.units[key], ledger.get(key)),
            is_counted=key.level in hidden or is_counted(key, levels.get(key.level)),
        )
        for key in compared.levels - hidden
        if ledger.covers(key)
    ]
    customers = books.customers
    counted = {customer_id: _counts_or_none(found) for customer_id, found in customers.items()}
    unreadable_customers = {key: found for key, found in customers.items() if isinstance(found, Unreadable)}
    return _Suspects(
        levels=sorted(drift.level.key for drift in drifts if drift or drift.is_unopened),
        customers=sorted(
            customer_id
            for customer_id in compared.customers
            if counted.get(customer_id, NOTHING) != held.customers.get(customer_id, NOTHING)
        ),
        levels_checked=sum(drift.exists for drift in drifts),
        customers_checked=len(counted),
        unreadable=(
            *books.unreadable_levels.values(),
            *held.unreadable,
            *ledger.unreadable,
            *unreadable_customers.values(),
        ),
        unreadable_keys=Keys(
            frozenset(hidden), frozenset(unreadable_customers), frozenset(ledger.unreadable_partitions)
        ),
        unopened={drift.level.key: drift.level.on_hand for drift in drifts if drift.is_unopened},
    )


def _read_undisturbed(keys: Sequence[LevelKey], customer_ids: Sequence[str], rereading: Rereading) -> _Reading:
    """Suspects with their sums, each read while nothing was written to it; those that are too busy are left out."""
    found = _Reading()
    for reading in range(READINGS_MAX):
        levels = [key for key in keys if key not in found.levels]
        customers = [customer_id for customer_id in customer_ids if customer_id not in found.customers]
        if not levels and not customers:
            break
        if reading:
            rereading.pause(PAUSE_SECONDS)
        _read_once(levels, customers, rereading, found)
    return found


def _read_once(keys: Sequence[LevelKey], customer_ids: Sequence[str], rereading: Rereading, found: _Reading) -> None:
    """Add those suspects to a reading to which nothing is written meanwhile."""
    counters, stock = rereading.counters, rereading.stock
    levels, counted = _rows_and_counted(keys, stock)
    rows = counters.customer_rows(customer_ids)
    moved = rereading.moved(keys)
    held = counters.held()
    levels_after, counted_after = _rows_and_counted(keys, stock)
    rows_after = counters.customer_rows(customer_ids)
    for key in keys:
        # Each write of units changes updated_at; without a level, nothing can be held or moved.
        if levels.get(key) == levels_after.get(key) and (key in counted) == (key in counted_after):
            found.levels[key] = Drift.of(
                *(key, levels.get(key), held.units[key], moved.get(key)), is_counted=key in counted
            )
    for customer_id in customer_ids:
        if rows.get(customer_id) == rows_after.get(customer_id):  # each write raises `changes`
            found.customers[customer_id] = _customer(customer_id, rows, held)


def _rows_and_counted(keys: Sequence[LevelKey], stock: StockStore) -> tuple[dict[LevelKey, Level], set[LevelKey]]:
    """The rows of suspects, and those of them that are levels or are counted by one; an unreadable one counts all."""
    rows = {level.key: level for level in stock.rows(list(dict.fromkeys([*keys, *(key.level for key in keys)])))}
    unknown = {key.level for key in keys} - rows.keys()
    unreadable = stock.existing(unknown) if unknown else frozenset()
    return rows, {key for key in keys if key.level in unreadable or is_counted(key, rows.get(key.level))}


def _customer(customer_id: str, rows: dict[str, dict[str, object]], held: Held) -> CustomerDrift:
    row = rows.get(customer_id)
    counted = _counts_or_none(parse_or_report(to_customer_counts, row)) if row else NOTHING
    return CustomerDrift(customer_id, row, counted, held.customers.get(customer_id, NOTHING))


def _counts_or_none(found: Counts | Unreadable) -> Counts | None:
    return None if isinstance(found, Unreadable) else found


def _is_same(drift: CustomerDrift, other: CustomerDrift) -> bool:
    return (drift.counted, drift.held) == (other.counted, other.held)


def report(findings: Findings) -> Findings:
    """Log everything that someone must look at; the unreadable rows were logged when they were read."""
    for drift in findings.drifts:
        logger.error("a stock level has drifted", level_name=name_of(drift.level), differences=drift.differences())
    for customer in findings.customers:
        logger.error("the counts of a customer have drifted", differences=[str(customer)])
    return findings
