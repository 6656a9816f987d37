"""One shop, measured: `python -m tools.bench.growth.worker ENDPOINT LEVELS` prints its figures as JSON in its last line."""

import json
import os
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from inventory import dependencies
from inventory.errors import TransientError
from inventory.items import to_reservation
from inventory.model import Status, utc_now
from tests.support.handlers import NAMES
from tests.support.http.gateway import Answer, Caller
from tests.support.shop import Shop, names_of, new_shop
from tests.support.template.source import environment
from tools.bench.folder import FolderClient
from tools.bench.growth.calls import Known, calls
from tools.bench.growth.generated_scans import GeneratedScans, Rows
from tools.bench.growth.rows import LargeShop, write_all
from tools.bench.growth.units import ReadUnits
from tools.console import run_and_exit

RUNS_MAX = 200
WAITS_SECONDS = 10.0
WARM_CALLS = 3
# What the shop has none of, or is asked for to find none.
FINDS_NOTHING = {"levels_without_a_match", "search_without_a_match", "refunds", "failed_executions"}


def main() -> None:
    url, levels = sys.argv[1], int(sys.argv[2])
    shop = new_shop(url)
    _use(shop, url)
    with tempfile.TemporaryDirectory() as folder:
        bucket = FolderClient(Path(folder))
        dependencies._s3 = lambda: bucket  # type: ignore[assignment]
        now = utc_now()
        known = _fill(shop, LargeShop(levels, now))
        GeneratedScans(dependencies._dynamodb(), _rows(shop, levels, now))
        figures = _rebuild()
        figures |= _measure(known, shop)
    print(json.dumps(figures))


def _use(shop: Shop, url: str) -> None:
    os.environ |= environment(NAMES | names_of(shop.tables)) | {
        "AWS_ENDPOINT_URL": url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "POWERTOOLS_METRICS_DISABLED": "true",
        "POWERTOOLS_LOG_LEVEL": "ERROR",
    }


def _fill(shop: Shop, large: LargeShop) -> Known:
    began = time.monotonic()
    _say(f"{write_all(shop.client, shop.tables.inventory, large.level_items()):,} levels", began)
    sales: list[dict[str, Any]] = []
    known = None

    def reservations() -> Any:
        nonlocal known
        for item, moved in large.items_of_reservations():
            sales.extend(moved)
            if known is None and item["status"] == Status.COMMITTED and moved:
                reservation = to_reservation(item)
                known = Known(
                    moved[0]["product_id"],
                    moved[0]["warehouse_id"],
                    reservation.order_id or "",
                    reservation.customer_id or "",
                    reservation.reservation_id,
                    reservation.payment_reference or "",
                )
            yield item

    _say(f"{write_all(shop.client, shop.tables.reservations, reservations()):,} reservations", began)
    _say(f"{write_all(shop.client, shop.tables.movements, sales):,} movements", began)
    if known is None:
        raise SystemExit("the shop has sold nothing")
    return known


def _rows(shop: Shop, levels: int, now: datetime) -> dict[str, Rows]:
    """The same rows once more, for scans."""

    def reservations() -> Iterator[dict[str, Any]]:
        large = LargeShop(levels, now)
        deque(large.level_items(), maxlen=0)  # they come before reservations in the order of chance
        return (item for item, _ in large.items_of_reservations())

    return {
        shop.tables.inventory: lambda: LargeShop(levels, now).level_items(),
        shop.tables.reservations: reservations,
    }


def _rebuild() -> dict[str, float]:
    """Build the read model, as the function does in several runs."""
    job = dependencies.read_model_job()
    began, processor = time.monotonic(), time.process_time()
    for number in range(RUNS_MAX):
        ends_at = time.monotonic() + 45
        try:
            report = job.run(utc_now(), partial(_is_before, ends_at), rebuild=number == 0)
        except TransientError as error:  # as after an error of the function: a later run goes on
            _say(f"rebuild: {error}", began)
            continue
        content = report.to_json()
        _say(f"rebuild: {content['rebuild'] or 'ready'}", began)
        if content["snapshot"] and not content["rebuild"]:
            break
        if content["rebuild"] and content["rebuild"]["busy"]:
            time.sleep(WAITS_SECONDS)  # the claim of the run that failed has not ended yet
    else:
        raise SystemExit("the read model was not built")
    return {
        "rebuild.seconds": round(time.monotonic() - began, 1),
        "rebuild.processor_seconds": round(time.process_time() - processor, 1),
    }


def _measure(known: Known, shop: Shop) -> dict[str, float]:
    import admin_api

    caller = Caller(admin_api.handler)
    units = ReadUnits(dependencies._dynamodb(), shop.client)
    figures: dict[str, float] = {}
    caller.get("/admin/level", product_id=known.product_id, warehouse_id=known.warehouse_id)  # loads the code
    for name, call in calls(known).items():
        call(caller)
        _forget()
        units.take()
        cold, answer = _timed(partial(call, caller))
        read = units.take()
        if answer.status != 200:
            raise SystemExit(f"{name} answered {answer.status}: {answer.content}")
        if name not in FINDS_NOTHING and not _has_rows(answer.content):
            raise SystemExit(f"{name} found nothing, so its figures would be too small: {answer.content}")
        warm = min(_timed(partial(call, caller))[0] for _ in range(WARM_CALLS))
        figures |= {
            f"{name}.read_units": round(read, 1),
            f"{name}.cold_seconds": round(cold, 3),
            f"{name}.seconds": round(warm, 3),
        }
    return figures


def _has_rows(content: dict[str, Any]) -> bool:
    lists = [content[name] for name in ("items", "levels", "reservations") if name in content]
    return not lists or any(lists)


def _forget() -> None:
    """Begin as a container that has read nothing."""
    for name in ("read_model", "level_list", "row_store", "overview_store", "list_store"):
        getter = getattr(dependencies, name, None)
        if getter is not None and hasattr(getter, "cache_clear"):
            getter.cache_clear()


def _is_before(moment: float) -> bool:
    return time.monotonic() < moment


def _timed(call: Callable[[], Answer]) -> tuple[float, Answer]:
    began = time.monotonic()
    answer = call()
    return time.monotonic() - began, answer


def _say(text: str, began: float) -> None:
    print(f"{time.monotonic() - began:7.1f} s  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    run_and_exit(main)
