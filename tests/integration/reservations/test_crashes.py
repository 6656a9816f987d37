"""Crashes: a function that stops at any call to AWS and is retried leaves what one complete run leaves."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from inventory.errors import TransientError
from inventory.model import LevelKey
from inventory.reconciliation.stranded_holds import GRACE
from inventory.stock.low_stock_alerts import OVERDUE
from tests.support.aws_calls import Call
from tests.support.handlers import LOW_STOCK_TOPIC, MOMENTS, Cut, Functions, Stopped, function_names
from tests.support.shop import Shop
from tests.support.shop.cases import CASES, NOW, SCHEDULED, Case, Event
from tests.support.shop.shops import Shops

Rows = list[dict[str, Any]]

# A scheduled function counts only the work of its own run.
ANSWERED_DIFFERENTLY_ON_RETRY = [case for case in CASES if case.function in SCHEDULED]
# Their crashes are in tests/integration/live and tests/integration/read_model.
PUBLISHING = {"publish_changes", "republish_changes", "follow_changes", "merge_read_model"}
RANDOM_IDS = ("inventory manager", "erp/nightly", "ada")
ALERTING_CASES = [case for case in CASES if "makes two levels low" in str(case)]


@dataclass(frozen=True)
class Aftermath:
    """What a call leaves when all of its pending work is done."""

    calls: Sequence[Call]
    answer: Any
    tables: dict[str, Rows]
    files: dict[str, bytes]
    signals: set[tuple[str, str]]
    messages: Counter[str]


def test_every_function_that_writes_has_a_case() -> None:
    assert {case.function for case in CASES} == function_names() - PUBLISHING


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_run_that_crashes_anywhere_and_is_retried_leaves_what_one_run_leaves(
    case: Case, functions: Functions, shops: Shops
) -> None:
    complete = played(case, functions, shops)

    for cut in every_crash(case, complete.calls):
        left = played(case, functions, shops, cut)

        where = f"{cut.moment} {complete.calls[cut.call]}, call {cut.call}"
        assert left.tables == complete.tables, where
        assert left.files == complete.files, where
        assert left.signals == complete.signals, where
        assert left.answer == complete.answer or case in ANSWERED_DIFFERENTLY_ON_RETRY, where
        assert not complete.messages - left.messages, f"a message is lost: {where}"
        doubled = (left.messages - complete.messages).total()
        assert doubled <= (1 if is_published_and_not_recorded(cut, complete.calls) else 0), (
            f"a message is doubled: {where}"
        )


@pytest.mark.parametrize("case", ALERTING_CASES, ids=str)
def test_a_sale_is_alerted_even_if_its_function_crashes_and_is_never_retried(
    case: Case, functions: Functions, shops: Shops
) -> None:
    complete = played(case, functions, shops)

    for cut in every_crash(case, complete.calls):
        left = played(case, functions, shops, cut, retry=False)

        where = f"{cut.moment} {complete.calls[cut.call]}, call {cut.call}"
        [reservation] = left.tables["reservations"]
        is_sold = reservation["status"] == "COMMITTED"
        assert set(left.messages) == (set(complete.messages) if is_sold else set()), where


def every_crash(case: Case, calls: Sequence[Call]) -> Iterator[Cut]:
    """A crash before the first call, a crash after each, and each lost response.

    One call after the other, a crash before a call is that after the one before. Some functions make several at once.
    """
    is_parallel = case.function in ("import_catalogue", "reconcile_holds")
    for index in range(len(calls)):
        for moment in MOMENTS:
            if moment != "stopped before" or index == 0 or is_parallel:
                yield Cut(index, moment)


def is_published_and_not_recorded(cut: Cut, calls: Sequence[Call]) -> bool:
    """Whether a message is published but not yet recorded as sent: the only point where it may be published again."""
    published = cut.call - 1 if cut.moment == "stopped before" else cut.call
    return published >= 0 and calls[published].operation == "Publish"


def played(case: Case, functions: Functions, shops: Shops, cut: Cut | None = None, *, retry: bool = True) -> Aftermath:
    """Run a case in an empty shop, retry it after a crash, and let the scheduled functions finish pending work."""
    with shops.open() as shop:
        return played_in(shop, case, functions, cut, retry=retry)


def played_in(shop: Shop, case: Case, functions: Functions, cut: Cut | None, *, retry: bool) -> Aftermath:
    """Run a case in this shop, retry it as its caller would, and let the scheduled functions finish pending work."""
    event = case.prepare(shop)
    functions.serve(shop)
    functions.now = NOW
    answer, calls = answered(case.function, event, functions, cut, retry=retry)
    publish(answer, functions, shop)
    functions.now = NOW + GRACE
    functions.invoke("reconcile_holds", {})
    functions.now = NOW + 2 * OVERDUE
    functions.invoke("check_low_stock", {})
    shop.adds_up()
    return Aftermath(
        calls,
        answer,
        {
            "inventory": in_order(shop.rows(shop.tables.inventory)),
            "reservations": in_order(shop.rows(shop.tables.reservations)),
            "movements": in_order(shop.rows(shop.tables.movements)),
            "customers": in_order(shop.rows(shop.tables.customers)),
            "refunds": in_order(shop.rows(shop.tables.refunds)),
            "idempotency": in_order(shop.rows(shop.tables.idempotency)),
            "failed executions": in_order(shop.rows(shop.tables.failed_executions)),
        },
        functions.files,
        set(functions.signalled),
        Counter(subject_of(message) for _, message in functions.published),
    )


def answered(
    function: str, event: Event, functions: Functions, cut: Cut | None, *, retry: bool
) -> tuple[Any, Sequence[Call]]:
    """The final answer to the caller, and the calls of the first run."""
    try:
        answer = functions.invoke(function, event, cut)
        failed = isinstance(answer, dict) and answer.get("statusCode") == HTTPStatus.SERVICE_UNAVAILABLE
    except (Stopped, TransientError, ConnectionClosedError):
        answer, failed = None, True
    calls = tuple(functions.calls())
    if failed and retry:
        answer = functions.invoke(function, event)
    return answer, calls


def publish(answer: Any, functions: Functions, shop: Shop) -> None:
    """Publish and settle the alerts of a commit, as the workflow does."""
    for alert in (answer or {}).get("alerts", ()):
        functions.published.append((LOW_STOCK_TOPIC, json.loads(alert["message"])))
        shop.stock_store.settle_alert(LevelKey(alert["product_id"], alert["warehouse_id"]), alert["claimant"])


def subject_of(message: dict[str, Any]) -> str:
    """The type of a message, and the product or payment that it names."""
    return f"{message['type']} {message.get('product_id') or message.get('payment_reference')}"


def in_order(rows: Rows) -> Rows:
    """Sort rows. The random ids of movements by hand and by machines are left out; all other rows must be equal."""
    return sorted((row | {"movement_id": None} if row.get("actor") in RANDOM_IDS else row for row in rows), key=str)
