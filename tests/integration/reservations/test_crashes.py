"""A function that is cut anywhere and run again leaves what one run leaves."""

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
from tests.support.cases import NOW, SCENES, SCHEDULED, Event, Scene
from tests.support.handlers import LOW_STOCK_TOPIC, MOMENTS, Cut, Functions, Stopped, function_names
from tests.support.shop import Shop
from tests.support.shops import Shops

Rows = list[dict[str, Any]]

# What runs on a schedule counts what it did itself. An editor whose change was made without an answer sees it as somebody
# else's.
ANSWERED_DIFFERENTLY_AGAIN = [scene for scene in SCENES if scene.function in SCHEDULED or "edit" in str(scene)]
ALERTING_SCENES = [scene for scene in SCENES if "makes two levels low" in str(scene)]


@dataclass(frozen=True)
class Aftermath:
    """What is left of a call once everything that was owed because of it is done."""

    calls: Sequence[Call]
    answer: Any
    tables: dict[str, Rows]
    files: dict[str, bytes]
    signals: set[tuple[str, str]]
    messages: Counter[str]


def test_every_function_is_cut() -> None:
    assert {scene.function for scene in SCENES} == function_names()


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_a_run_that_is_cut_anywhere_and_run_again_leaves_what_one_run_leaves(
    scene: Scene, functions: Functions, shops: Shops
) -> None:
    uncut = played(scene, functions, shops)

    for cut in every_cut(uncut.calls):
        left = played(scene, functions, shops, cut)

        where = f"{cut.moment} {uncut.calls[cut.call]}, call {cut.call}"
        assert left.tables == uncut.tables, where
        assert left.files == uncut.files, where
        assert left.signals == uncut.signals, where
        assert left.answer == uncut.answer or scene in ANSWERED_DIFFERENTLY_AGAIN, where
        assert not uncut.messages - left.messages, f"a message is lost: {where}"
        doubled = (left.messages - uncut.messages).total()
        assert doubled <= (1 if is_published_and_not_noted(cut, uncut.calls) else 0), f"a message is doubled: {where}"


@pytest.mark.parametrize("scene", ALERTING_SCENES, ids=str)
def test_a_sale_whose_function_is_cut_and_never_run_again_is_alerted_all_the_same(
    scene: Scene, functions: Functions, shops: Shops
) -> None:
    uncut = played(scene, functions, shops)

    for cut in every_cut(uncut.calls):
        left = played(scene, functions, shops, cut, again=False)

        where = f"{cut.moment} {uncut.calls[cut.call]}, call {cut.call}"
        [reservation] = left.tables["reservations"]
        is_sold = reservation["status"] == "COMMITTED"
        assert set(left.messages) == (set(uncut.messages) if is_sold else set()), where


def every_cut(calls: Sequence[Call]) -> Iterator[Cut]:
    """Before and after each call, and an answer that the function goes on without."""
    for index in range(len(calls)):
        for moment in MOMENTS:
            yield Cut(index, moment)


def is_published_and_not_noted(cut: Cut, calls: Sequence[Call]) -> bool:
    """Whether a message is out and nothing says so: the one place where it may go out again."""
    published = cut.call - 1 if cut.moment == "stopped before" else cut.call
    return published >= 0 and calls[published].operation == "Publish"


def played(
    scene: Scene, functions: Functions, shops: Shops, cut: Cut | None = None, *, again: bool = True
) -> Aftermath:
    """Play a scene in a shop of its own, run again what was cut as its caller would, and let everything settle."""
    with shops.open() as shop:
        return played_in(shop, scene, functions, cut, again=again)


def played_in(shop: Shop, scene: Scene, functions: Functions, cut: Cut | None, *, again: bool) -> Aftermath:
    """Play a scene in this shop."""
    event = scene.prepare(shop)
    functions.serve(shop)
    functions.now = NOW
    answer, calls = answered(scene.function, event, functions, cut, again=again)
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
        },
        functions.files,
        set(functions.signalled),
        Counter(said(message) for _, message in functions.published),
    )


def answered(
    function: str, event: Event, functions: Functions, cut: Cut | None, *, again: bool
) -> tuple[Any, Sequence[Call]]:
    """The answer that the caller has in the end, and the calls of the first run."""
    try:
        answer = functions.invoke(function, event, cut)
        failed = isinstance(answer, dict) and answer.get("statusCode") == HTTPStatus.SERVICE_UNAVAILABLE
    except (Stopped, TransientError, ConnectionClosedError):
        answer, failed = None, True
    calls = tuple(functions.calls())
    if failed and again:
        answer = functions.invoke(function, event)
    return answer, calls


def publish(answer: Any, functions: Functions, shop: Shop) -> None:
    """What the workflow does with the alerts of a commit."""
    for alert in (answer or {}).get("alerts", ()):
        functions.published.append((LOW_STOCK_TOPIC, json.loads(alert["message"])))
        shop.stock.settle_alert(LevelKey(alert["product_id"], alert["warehouse_id"]), alert["claimant"])


def said(message: dict[str, Any]) -> str:
    """What a message is about."""
    return f"{message['type']} {message.get('product_id') or message.get('payment_reference')}"


def in_order(rows: Rows) -> Rows:
    """Rows in an order of their own. A movement by hand has a random id; all others are as they were told."""
    return sorted(
        (row | {"movement_id": None} if row.get("actor") == "inventory manager" else row for row in rows), key=str
    )
