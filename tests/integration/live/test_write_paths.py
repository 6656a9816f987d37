"""Every write path of the component has its events and pushes, whatever the streams and the targets do meanwhile."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.support.handlers import Functions, function_names
from tests.support.live import Publisher, Record
from tests.support.live.expected_events import CHANGED, EXPECTED, WRITES_NOTHING, WRITES_UNSEEN
from tests.support.live.write_paths import MADE_BY, PUBLISHING, WRITE_PATHS, operation_of, writing_operations
from tests.support.live.written import records_of_calls, records_of_rows, rows_with_stream
from tests.support.shop import Shop
from tests.support.shop.cases import BEFORE, NOW, Case, over_http
from tests.support.shop.shops import Shops

PUBLISHED = [case for case in WRITE_PATHS if str(case) in EXPECTED]
MINUTES_DOWN = 10


@dataclass(frozen=True)
class Sent:
    """What pages and other systems have at the end."""

    event_ids: frozenset[str]
    stocks: dict[str, Any]  # the last push of each product


UNDISTURBED: dict[str, Sent] = {}


# --- none is forgotten


def test_every_case_is_expected_to_publish_something_or_known_to_publish_nothing() -> None:
    expectations = [*EXPECTED, *WRITES_UNSEEN, *WRITES_NOTHING]

    assert sorted(map(str, WRITE_PATHS)) == sorted(expectations)


def test_every_function_that_writes_has_a_write_path() -> None:
    assert {case.function for case in WRITE_PATHS} == function_names() - PUBLISHING


def test_every_operation_that_writes_has_a_write_path(shops: Shops) -> None:
    def called(case: Case) -> str | None:
        with shops.open() as shop:
            return operation_of(case.prepare(shop))

    have_one = {called(case) for case in WRITE_PATHS if case.function.endswith("_api")} | MADE_BY.keys()

    assert {operation.content["operationId"] for operation in writing_operations()} <= have_one


# --- what each publishes


@pytest.mark.parametrize("case", WRITE_PATHS, ids=str)
def test_a_write_path_publishes_what_it_changes_and_only_once(case: Case, functions: Functions, shop: Shop) -> None:
    publisher, records = written(case, functions, shop)
    assert bool(records) == (str(case) not in WRITES_NOTHING)

    publishes(publisher, records)

    assert events_of(publisher) == {subject: list(types) for subject, types in EXPECTED.get(str(case), {}).items()}
    changed = [subject for subject, types in EXPECTED.get(str(case), {}).items() if CHANGED[0] in types]
    assert sorted(push["product_id"] for push in publisher.targets.pushes) == sorted(changed)
    assert_pages_show_the_stock(publisher)
    assert publisher.targets.queued == []

    publisher.targets.clear()
    functions.now += timedelta(hours=1)
    publishes(publisher, [*reversed(records), *records])
    for late in [*records, *records_of_rows(shop)]:
        publishes(publisher, [late])

    assert (publisher.targets.events, publisher.targets.pushes, publisher.targets.queued) == ([], [], [])


@pytest.mark.parametrize("case", PUBLISHED, ids=str)
def test_records_that_are_doubled_and_reversed_publish_the_same(case: Case, functions: Functions, shops: Shops) -> None:
    undisturbed = sent_undisturbed(case, functions, shops)

    with shops.open() as shop:
        publisher, records = written(case, functions, shop)
        for record in [*reversed(records), *reversed(records)]:
            publishes(publisher, [record, record])

        assert sent_by(publisher) == undisturbed


@pytest.mark.parametrize("case", PUBLISHED, ids=str)
def test_nothing_is_lost_while_no_target_works(case: Case, functions: Functions, shops: Shops) -> None:
    undisturbed = sent_undisturbed(case, functions, shops)

    with shops.open() as shop:
        publisher, records = written(case, functions, shop)
        publisher.targets.down = {"events", "appsync"}
        publishes(publisher, records)
        for _ in range(MINUTES_DOWN):
            functions.now += timedelta(minutes=1)
            publisher.republishes()
        assert (publisher.targets.events, publisher.targets.pushes) == ([], [])

        publisher.targets.down = set()
        functions.now += timedelta(minutes=1)
        publisher.republishes()

        assert publisher.targets.queued == []
        assert sent_by(publisher) == undisturbed
        assert_pages_show_the_stock(publisher)


# --- how a case is played


def written(case: Case, functions: Functions, shop: Shop) -> tuple[Publisher, list[Record]]:
    """Play a case in a shop whose past is published: the records of what the case wrote, still to be published."""
    event = case.prepare(shop)
    functions.now = BEFORE
    publisher = Publisher(functions, shop)
    publisher.targets.down = set()
    publishes(publisher, records_of_rows(shop))
    publisher.targets.clear()
    functions.now = NOW
    before = rows_with_stream(shop)
    functions.invoke(case.function, event)
    return publisher, publisher.reads(records_of_calls(functions.calls(), before, shop))


def publishes(publisher: Publisher, records: Sequence[Record]) -> None:
    """Hand records over; none must come again."""
    assert publisher.gets(*records) == []


def sent_undisturbed(case: Case, functions: Functions, shops: Shops) -> Sent:
    """What is sent when nothing goes wrong; it is the same each time."""
    if str(case) not in UNDISTURBED:
        with shops.open() as shop:
            publisher, records = written(case, functions, shop)
            publishes(publisher, records)
            UNDISTURBED[str(case)] = sent_by(publisher)
    return UNDISTURBED[str(case)]


def sent_by(publisher: Publisher) -> Sent:
    """What was sent at all."""
    ids = [event["event_id"] for event in publisher.targets.events]
    assert len(ids) == len(set(ids)), "an event is sent twice"
    return Sent(frozenset(ids), last_pushes(publisher))


def events_of(publisher: Publisher) -> dict[str, list[str]]:
    """The types of the events of each product and reservation, in their order."""
    found = defaultdict(list)
    for event in publisher.targets.events:
        found[event.get("reservation_id") or event["product_id"]].append(event["detail_type"])
    return dict(found)


def last_pushes(publisher: Publisher) -> dict[str, Any]:
    """What a page shows of each product: the push with the highest sequence."""
    pushes = sorted(publisher.targets.pushes, key=lambda push: int(push["sequence"]))
    return {push["product_id"]: push for push in pushes}


def assert_pages_show_the_stock(publisher: Publisher) -> None:
    """What was pushed last is what a storefront reads now."""
    for product_id, push in last_pushes(publisher).items():
        stock = stock_of(publisher, product_id)
        if stock is None:  # nothing of the product is for sale any more
            assert (push["available"], push["warehouses"]) == (0, [])
        else:
            assert push == stock


def stock_of(publisher: Publisher, product_id: str) -> dict[str, Any] | None:
    """What a storefront reads of a product."""
    answer = publisher.functions.invoke("storefront_api", over_http("GET", "/inventory", product_id=product_id))
    return next(iter(json.loads(answer["body"])["items"]), None)
