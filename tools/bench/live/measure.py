"""The measurements, each with its own products."""

import math
import threading
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from tools.bench.live.changes import Changes
from tools.bench.live.crowd import Crowd, crowd
from tools.bench.live.page import LivePage, live_page
from tools.bench.live.plan import Plan
from tools.bench.live.processes import connections_to, memory_mb
from tools.bench.part import step
from tools.local import Stack

Figures = dict[str, float]

LAST_SHOWN_SECONDS_MAX = 30.0
CLOSED_SECONDS_MAX = 30.0
# The memory is compared from here on, when caches and pools are filled.
WARM_AFTER = 0.2  # of the time


def measured(stack: Stack, plan: Plan) -> Figures:
    """All figures of a plan."""
    changes = Changes(stack, plan.products)
    found: Figures = {}
    with live_page(stack, changes.products) as page:
        step("one change after the other")
        found |= _at_rest(changes, page, plan)
        step(f"a page that is away for {plan.away_seconds:.0f} s")
        found |= _away(changes, page, plan)
        step(f"{plan.subscribers} subscribers, {plan.changes_per_minute} changes a minute, {plan.minutes:g} min")
        found |= _in_a_crowd(stack, changes, page, plan)
    return found


def _at_rest(changes: Changes, page: LivePage, plan: Plan) -> Figures:
    product = changes.products[0]
    changes.write(product)
    page.waits_for(product)  # the functions have started
    since = time.time()
    for _ in range(plan.changes_at_rest):
        page.rests(changes.pause_at_rest())
        changes.write(product)
        page.waits_for(product)
    return percentiles("live.rest", product.latencies(page.seen(product), since))


def _away(changes: Changes, page: LivePage, plan: Plan) -> Figures:
    product = changes.products[1]
    page.is_away(away=True)
    for _ in range(5):
        changes.write(product)
        page.rests(plan.away_seconds / 5)
    back_at = time.time()
    page.is_away(away=False)
    is_shown = page.waits_for(product)
    shown_at = min((one.at for one in page.seen(product) if one.units >= product.units), default=math.nan)
    if not is_shown:
        raise RuntimeError("a page that was away does not show the stock when it is back")
    return {"live.away.seconds": shown_at - back_at}


def _in_a_crowd(stack: Stack, changes: Changes, page: LivePage, plan: Plan) -> Figures:
    key, port = plan.crowd, urlsplit(stack.outputs["LiveStockRealtimeUrl"]).port or 443
    connections, opened_by_page = connections_to(port), page.connections
    with crowd(stack, changes.products, plan.subscribers) as people:
        since = time.time()
        memory = _Memory(plan.minutes * 60 * WARM_AFTER)
        rate = _written(changes, page, plan)
        lost = people.waits_for_the_last_values(LAST_SHOWN_SECONDS_MAX)
        page.waits_for(*changes.products, seconds=LAST_SHOWN_SECONDS_MAX)
        grown = memory.grown_mb()
        found = _crowd_figures(key, changes, page, people, since)
    found |= {
        f"{key}.changes_a_minute": rate,
        f"{key}.last_values_lost": lost + sum(not one.is_shown_in(page.seen(one)) for one in changes.products),
        f"{key}.reconnects": people.reconnects + page.connections - opened_by_page,
        f"{key}.connections_left": _connections_left(port, connections, page),
    }
    return found | ({f"{key}.memory_grown_mb": grown} if plan.is_soak else {})


def _written(changes: Changes, page: LivePage, plan: Plan) -> float:
    """Write while the page goes on; how many changes a minute were written."""
    rates: list[float] = []
    writing = threading.Thread(
        target=lambda: rates.append(changes.write_for(plan.minutes * 60, plan.changes_per_minute))
    )
    writing.start()
    while writing.is_alive():
        page.rests(0.2)
    writing.join()
    if not rates:
        raise RuntimeError("changes could not be written")
    return rates[0]


def _crowd_figures(key: str, changes: Changes, page: LivePage, people: Crowd, since: float) -> Figures:
    on_page = [one for product in changes.products for one in product.latencies(page.seen(product), since)]
    return percentiles(key, on_page) | percentiles(f"{key}.subscribers", people.latencies(since))


def _connections_left(port: int, before: int, page: LivePage) -> int:
    """How many connections more than before are still open when all subscribers have left."""
    deadline = time.monotonic() + CLOSED_SECONDS_MAX
    while connections_to(port) > before and time.monotonic() < deadline:
        page.rests(0.5)
    return max(0, connections_to(port) - before)


class _Memory:
    """How much the memory of the local AWS grows after some time."""

    def __init__(self, after_seconds: float) -> None:
        self._first = memory_mb()
        self._timer = threading.Timer(after_seconds, self._read)
        self._timer.daemon = True
        self._timer.start()

    def _read(self) -> None:
        self._first = memory_mb()

    def grown_mb(self) -> float:
        self._timer.cancel()
        return memory_mb() - self._first


def percentiles(key: str, seconds: Sequence[float]) -> Figures:
    """The median and the 99th percentile of latencies, and how many there are."""
    if not seconds:
        raise RuntimeError(f"{key}: no change was shown")
    ordered = sorted(seconds)
    return {
        f"{key}.p50_seconds": ordered[(len(ordered) - 1) // 2],
        f"{key}.p99_seconds": ordered[math.ceil(len(ordered) * 0.99) - 1],
        f"{key}.shown": len(ordered),
    }
