"""A day in the shop, with targets that fail for ten minutes: what leaves the component, and what must never leave it."""

import itertools
import json
import random
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest

from inventory.live.events import DetailType
from inventory.live.published_store import PublishedStore
from tests.support.handlers import Functions
from tests.support.live import Publisher
from tests.support.live.written import records_of_changes, rows_with_stream
from tests.support.shop import Shop
from tests.support.shop.cases import BEFORE, over_http
from tests.support.shop.day import PRODUCTS, ShopDay

STEPS = 150
OUTAGE_STEPS = 30  # of 20 seconds
HAPPENS = ["reserve", "sell", "cancel", "time_out", "change_cart", "take_back", "adjust", "count", "spread"]
# The end of each reservation whose events are complete.
LAST = {
    "REJECTED": DetailType.RESERVATION_REJECTED,
    "COMMITTED": DetailType.RESERVATION_COMMITTED,
    "RELEASED": DetailType.RESERVATION_RELEASED,
    "UNFULFILLED": DetailType.RESERVATION_RELEASED,
}
ABOUT_RESERVATION = {DetailType.PAYMENT_UNFULFILLED, DetailType.STOCK_RETURNED}  # they may come after the end


class Day:
    """A day whose every change is published, sometimes late, doubled and in another order."""

    def __init__(self, functions: Functions, shop: Shop, seed: int) -> None:
        self.shop = shop
        self.shop_day = ShopDay(shop, seed, BEFORE)
        self.functions = functions
        functions.now = BEFORE
        self.publisher = Publisher(functions, shop)
        self.left: list[Any] = []  # everything that was sent or queued
        self._draw = random.Random(f"{seed} records")
        self._waiting: list[dict[str, Any]] = []
        self._read = rows_with_stream(shop)

    def passes(self) -> None:
        """From the morning to the evening, when everything works again."""
        self.shop_day.opens()
        outages = {20: {"events"}, 60: {"appsync"}, 100: {"events", "appsync"}}
        for step in range(STEPS):
            down = (services for began, services in outages.items() if began <= step < began + OUTAGE_STEPS)
            self.publisher.targets.down = next(down, set())
            self.shop_day.goes_on()
            self._publish()
        self.publisher.targets.down = set()
        self.shop_day.now += timedelta(minutes=1)
        self._publish(everything=True)
        assert self.publisher.targets.queued == []

    def _publish(self, *, everything: bool = False) -> None:
        self.functions.now = self.shop_day.now
        now = rows_with_stream(self.shop)
        self._waiting += records_of_changes(self._read, now, self.shop)
        self._read = now
        self.publisher.republishes()
        if everything or self._draw.random() < 0.6:
            handed_over = [*self._waiting, *self._draw.choices(self._waiting, k=2)] if self._waiting else []
            self._draw.shuffle(handed_over)
            assert self.publisher.gets(*handed_over) == []
            self._waiting.clear()
        self.left += [message for _, message in self.publisher.targets.queued]


@pytest.fixture(params=[1, 2])
def day(request: pytest.FixtureRequest, functions: Functions, shop: Shop) -> Day:
    """A day that has passed."""
    day = Day(functions, shop, request.param)
    day.passes()
    for kind in HAPPENS:
        assert kind in day.shop_day.happened, "such a day proves less"
    return day


def test_a_day_in_the_shop(day: Day) -> None:
    shop, targets = day.shop, day.publisher.targets
    shop.adds_up()

    # nothing secret leaves
    left = [*targets.events, *targets.pushes, *day.left]
    text = json.dumps(left)
    assert [secret for secret in day.shop_day.secrets if secret in text] == []
    assert fields_with(day.shop_day.payments, left) <= {"payment_reference"}
    assert fields_with(day.shop_day.orders, left) <= {"order_id"}

    # pages show the stock as it is
    last = {push["product_id"]: push for push in sorted(targets.pushes, key=lambda push: int(push["sequence"]))}
    sequences = PublishedStore(shop.client, shop.tables).sequences([*PRODUCTS, "P-4"])
    for product_id, push in last.items():
        assert push["sequence"] == sequences[product_id]
        stock = shown(day.publisher, product_id)
        assert (
            without_time(push) == without_time(stock) if stock else (push["available"], push["warehouses"]) == (0, [])
        )

    # the events of each reservation are complete and in their order
    for name, events in by_reservation(targets.events).items():
        assert sorted(events) == list(range(1, len(events) + 1)), name
        status = shop.reservation(name).status
        types = [events[number] for number in sorted(events) if events[number] not in ABOUT_RESERVATION]
        if status in LAST:
            assert types[-1] == LAST[status], (name, status, types)
        assert types.count(DetailType.RESERVATION_HELD) == (0 if status == "REJECTED" else 1)
    assert {row["reservation_id"] for row in shop.rows(shop.tables.reservations)} == by_reservation(
        targets.events
    ).keys()


def by_reservation(events: list[dict[str, Any]]) -> dict[str, dict[int, str]]:
    """The types of events by reservation and sequence; each event is sent at least once, and is always the same."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    ids: dict[str, Any] = {}
    for event in events:
        assert ids.setdefault(event["event_id"], event) == event
        if "reservation_id" in event:
            found[event["reservation_id"]][event["sequence"]] = event["detail_type"]
    return found


def fields_with(values: set[str], content: Any, name: str = "") -> set[str]:
    """The names of all fields that have one of these values."""
    if isinstance(content, dict):
        return set(itertools.chain.from_iterable(fields_with(values, value, key) for key, value in content.items()))
    if isinstance(content, list):
        return set(itertools.chain.from_iterable(fields_with(values, value, name) for value in content))
    return {name} if isinstance(content, str) and any(value in content for value in values) else set()


def shown(publisher: Publisher, product_id: str) -> dict[str, Any] | None:
    """What a storefront reads of a product."""
    answer = publisher.functions.invoke("storefront_api", over_http("GET", "/inventory", product_id=product_id))
    return next(iter(json.loads(answer["body"])["items"]), None)


def without_time(stock: dict[str, Any]) -> dict[str, Any]:
    """A stock without the time of its last change, which alone is no change of what is shown."""
    return {name: value for name, value in stock.items() if name != "updated_at"}
