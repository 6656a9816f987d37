"""The demo's scenes of orders that change, over the checkout API: they end well, and they notice what is wrong."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from inventory_client import CheckoutClient, Stock
from inventory_client.transport import Request

from inventory.stock.lookup import get_stock
from tests.support.http.gateway import Caller
from tests.support.shop import Shop
from tools.demo.checkout import CheckoutService
from tools.demo.findings import Findings
from tools.demo.pace import Pace
from tools.demo.scenarios import EVENTS, SCENARIOS, Scenario
from tools.demo.shopper import Shopper

URL = "https://api.example"
FEW_UNITS = list(csv.DictReader((EVENTS / "few_units.csv").read_text().splitlines()))
SHRINKS, RETURNS = (
    next(scenario for scenario in SCENARIOS if scenario.name == name) for name in ("cart that shrinks", "return")
)


class InProcessService(CheckoutService):
    """The demo's checkout service over the tables of a shop, which commits at once what is paid."""

    def __init__(self, shop: Shop, http: CheckoutClient) -> None:
        self.pace, self.shop, self.http = Pace(), shop, http
        self.storefront: Any = SimpleNamespace(get_stock=self._shown)
        self.machine: Any = SimpleNamespace(iterate_stock_levels=self._levels)
        self._tables = shop.client
        self._outputs = {"MovementsTableName": shop.tables.movements}

    def start(self, reservation_id: str, request: Mapping[str, Any]) -> None:
        self.shop.waits(self.shop.reserves(*request["lines"], reservation_id=reservation_id, **_without_lines(request)))

    def await_status(self, reservation_id: str, *statuses: str, seconds: float = 180) -> str:
        return self.shop.reservation(reservation_id).status

    def pay(self, reservation_id: str, payment_reference: str) -> dict[str, Any]:
        paid = self.shop.pays(reservation_id, payment_reference)
        if paid.fulfilled:
            self.shop.commits(paid.reservation)
        return {"fulfilled": paid.fulfilled}

    def _shown(self, product_id: str) -> Stock:
        shown = get_stock(product_id, stock=self.shop.stock_store, policy=self.shop.sourcing)
        return Stock.from_json(shown.to_json(sequence=0, channel="", cap=0))

    def _levels(self, *, warehouse_id: str) -> Iterator[Any]:
        return (self.shop.level(level["product_id"], warehouse_id) for level in FEW_UNITS)


def _without_lines(request: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in request.items() if name != "lines"}


@pytest.fixture
def demo(shop: Shop, service: Caller, monkeypatch: pytest.MonkeyPatch) -> InProcessService:
    """The demo's checkout service, in a shop with the few units of its scenes."""
    for level in FEW_UNITS:
        units, threshold = int(level["on_hand"]), int(level["low_stock_threshold"])
        shop.stocks(level["product_id"], on_hand=units, low_stock_threshold=threshold)
    http = CheckoutClient(URL, session=boto3.Session("key", "secret", region_name="us-east-1"))

    def send(request: Request) -> tuple[int, dict[str, Any]]:
        content = json.loads(request.body) if request.body else None
        answer = service.calls(request.method, request.url.removeprefix(URL), content, headers=request.headers)
        return answer.status, answer.content

    monkeypatch.setattr(http._transport, "_send", send)
    monkeypatch.setattr(Shopper, "think", lambda shopper: None)
    return InProcessService(shop, http)


def plays(scene: Scenario, demo: InProcessService) -> Shopper:
    """A shopper after the scene."""
    shopper = Shopper(demo, "R-1", scene.request("C-1"))
    scene.steps(shopper)
    return shopper


@pytest.mark.parametrize("scene", [SHRINKS, RETURNS], ids=lambda scene: scene.name)
def test_a_scene_ends_as_it_should_and_everything_adds_up(scene: Scenario, demo: InProcessService) -> None:
    shopper = plays(scene, demo)

    assert shopper.findings == Findings()
    assert demo.shop.reservation("R-1").status in scene.expected_statuses
    demo.shop.adds_up()


def test_the_story_of_a_cart_that_shrinks(demo: InProcessService) -> None:
    assert plays(SHRINKS, demo).story == [
        "another shopper wants 3 and accepts a part: HELD, 1",
        "the storefront shows 0: 0 in main",
        "the cart of 3 becomes one of 1: HELD, 1",
        "the storefront shows 2: 2 in main",
        "the other shopper asks for 3 again: HELD, 3",
        "the payment buys the smaller cart: COMMITTED, 1",
        "after the sale there are on hand: 0 in main",
    ]


def test_the_story_of_a_return(demo: InProcessService) -> None:
    assert plays(RETURNS, demo).story == [
        "the storefront shows 1: 1 in main",
        "the storefront shows 0: 0 in main",
        "the return: COMMITTED, 1 of 1 returned",
        "the same return, sent again: COMMITTED, 1 of 1 returned",
        "a second return of the unit: NOT_SOLD",
        "the storefront shows 1: 1 in main",
        "another shopper buys it",
        "after the sale there are on hand: 0 in main",
    ]


def change_nothing(http: CheckoutClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that is accepted and has no effect."""
    monkeypatch.setattr(http, "change_reservation", lambda name, lines, *, key: http.get_reservation(name))


def return_nothing(http: CheckoutClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A return that is accepted and has no effect."""
    monkeypatch.setattr(http, "return_units", lambda name, *sent, reference, key: http.get_reservation(name))


def accept_every_return(http: CheckoutClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A return that is never refused."""
    call = http.return_units
    monkeypatch.setattr(http, "return_units", lambda *sent, **_: call(*sent, reference="RMA-1", key="RMA-1"))


@pytest.mark.parametrize(
    ("scene", "fault", "problem"),
    [
        (SHRINKS, change_nothing, "the units after: the cart of 3 becomes one of 1 is 3, not 1"),
        (RETURNS, return_nothing, "the answer to the return is "),
        (RETURNS, accept_every_return, "a unit that came back already was returned again"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_scene_notices_a_fault(
    scene: Scenario,
    fault: Callable[[CheckoutClient, pytest.MonkeyPatch], None],
    problem: str,
    demo: InProcessService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fault(demo.http, monkeypatch)

    found = plays(scene, demo).findings.problems

    assert any(sentence.startswith(problem) for sentence in found), found
