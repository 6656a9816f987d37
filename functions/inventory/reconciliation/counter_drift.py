"""Counter drift: whether levels, reservations, movements and customers agree with each other while sales go on.

The tables cannot be read at one moment. So a first reading of everything only finds suspects. Each suspect is then read
twice, both times without a write to it between the beginning and the end; it has drifted if both readings agree.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from inventory.items import Unreadable, parse_or_report, to_customer_counts
from inventory.model import Level, LevelKey
from inventory.observability import logger
from inventory.reconciliation.counter_store import CounterStore, Held, Progress, no_progress
from inventory.reconciliation.findings import (
    NOTHING,
    Counts,
    CustomerDrift,
    Drift,
    Findings,
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


@dataclass(frozen=True)
class _Suspects:
    """What seemed to differ in a first reading of everything."""

    levels: Sequence[LevelKey]
    customers: Sequence[str]
    levels_checked: int
    customers_checked: int
    unreadable: tuple[Unreadable, ...]
    unopened: dict[LevelKey, int]  # on_hand of levels without movements


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
    found = _find_suspects(counters, has_time, progress)
    if not found.levels and not found.customers:
        return _report(Findings((), found.levels_checked, (), (), found.customers_checked, unreadable=found.unreadable))
    pause(PAUSE_SECONDS)
    first = _read_undisturbed(found.levels, found.customers, counters, stock, pause)
    for key, on_hand in found.unopened.items():
        drift = first.levels.get(key)
        if drift and drift.gaps.ledger == on_hand:  # sold since, from a level that had no movements a moment ago
            first.levels[key] = replace(drift, entries=0)
    levels = [key for key, drift in first.levels.items() if drift]
    customers = [customer_id for customer_id, drift in first.customers.items() if drift]
    second = _Reading()
    if levels or customers:
        pause(PAUSE_SECONDS)
        second = _read_undisturbed(levels, customers, counters, stock, pause)
    return _report(
        Findings(
            drifts=by_level(
                drift for key, drift in second.levels.items() if drift and drift.gaps == first.levels[key].gaps
            ),
            checked=found.levels_checked,
            unsure=tuple(
                key
                for key in found.levels
                if key not in first.levels or (first.levels[key] and key not in second.levels)
            ),
            customers=tuple(
                drift
                for customer_id, drift in sorted(second.customers.items())
                if _is_same(drift, first.customers[customer_id])
            ),
            customers_checked=found.customers_checked,
            customers_unsure=tuple(
                customer_id
                for customer_id in found.customers
                if customer_id not in first.customers
                or (first.customers[customer_id] and customer_id not in second.customers)
            ),
            # One undisturbed reading is enough: what is sold from now on has its own movement.
            unopened=by_level(drift for drift in first.levels.values() if drift.is_unopened and not drift),
            unreadable=found.unreadable,
        )
    )


def _find_suspects(counters: CounterStore, has_time: Callable[[], bool], progress: Progress) -> _Suspects:
    readable, unreadable_levels = counters.levels(progress)
    levels = {level.key: level for level in readable}
    ledger = counters.ledger(has_time, progress)
    held = counters.held(progress)
    customers = counters.customers(progress)

    hidden = {key for key, _ in unreadable_levels}
    keys = [key for key in {*levels, *held.units, *ledger.of_level} - hidden if ledger.covers(key)]
    compared = [
        Drift.of(
            *(key, levels.get(key), held.units[key], ledger.get(key)),
            is_counted=key.level in hidden or is_counted(key, levels.get(key.level)),
        )
        for key in keys
    ]
    counted = {customer_id: _counts_or_none(found) for customer_id, found in customers.items()}
    return _Suspects(
        levels=sorted(drift.level.key for drift in compared if drift or drift.is_unopened),
        customers=sorted(
            customer_id
            for customer_id in {*counted, *held.customers}
            if counted.get(customer_id, NOTHING) != held.customers.get(customer_id, NOTHING)
        ),
        levels_checked=sum(drift.exists for drift in compared),
        customers_checked=len(counted),
        unreadable=(
            *(unreadable for _, unreadable in unreadable_levels),
            *held.unreadable,
            *ledger.unreadable,
            *(found for found in customers.values() if isinstance(found, Unreadable)),
        ),
        unopened={drift.level.key: drift.level.on_hand for drift in compared if drift.is_unopened},
    )


def _read_undisturbed(
    keys: Sequence[LevelKey],
    customer_ids: Sequence[str],
    counters: CounterStore,
    stock: StockStore,
    pause: Callable[[float], object],
) -> _Reading:
    """Suspects with their sums, each read while nothing was written to it; those that are too busy are left out."""
    found = _Reading()
    for reading in range(READINGS_MAX):
        levels = [key for key in keys if key not in found.levels]
        customers = [customer_id for customer_id in customer_ids if customer_id not in found.customers]
        if not levels and not customers:
            break
        if reading:
            pause(PAUSE_SECONDS)
        _read_once(levels, customers, counters, stock, found)
    return found


def _read_once(
    keys: Sequence[LevelKey],
    customer_ids: Sequence[str],
    counters: CounterStore,
    stock: StockStore,
    found: _Reading,
) -> None:
    """Add those suspects to a reading to which nothing is written meanwhile."""
    levels, counted = _rows_and_counted(keys, stock)
    rows = counters.customer_rows(customer_ids)
    moved = counters.moved(keys)
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


def _report(findings: Findings) -> Findings:
    """Log everything that someone must look at; the unreadable rows were logged when they were read."""
    for drift in findings.drifts:
        logger.error("a stock level has drifted", level_name=name_of(drift.level), differences=drift.differences())
    for customer in findings.customers:
        logger.error("the counts of a customer have drifted", differences=[str(customer)])
    return findings
