"""Placement: what a storefront shows is held by one call, and a plan that was overtaken is made again, within bounds."""

import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.aws.retries import ATTEMPTS_MAX, RETRY_DEADLINE_SECONDS
from inventory.errors import InvalidReservation, ProductNotFound, TransientError
from inventory.model import CustomerLimits, LevelKey, Reservation, utc_now
from inventory.reservations import placement
from inventory.reservations.reservation_request import HoldPolicy, ReservationRequest
from inventory.reservations.store import HoldRefused
from inventory.stock.lookup import get_stock
from inventory.stock.shards.parts import Holdable
from inventory.stock.sourcing import Sourcing, SourcingPolicy
from tests.support.memory_dynamodb import Database, memory_client
from tests.support.shop import Shop, create_tables

WAREHOUSES = ("a", "b", "c", "d")
LEVELS = st.dictionaries(st.sampled_from(WAREHOUSES), st.tuples(st.integers(0, 4), st.booleans()))
POLICIES = st.builds(
    SourcingPolicy,
    st.lists(st.sampled_from(WAREHOUSES), min_size=1, unique=True).map(tuple),
    st.sampled_from(Sourcing),
)


def open_shop(policy: SourcingPolicy, levels: dict[str, tuple[int, bool]]) -> Shop:
    """A shop with a product, of which some levels are retired."""
    client = memory_client(Database())
    shop = Shop(client, create_tables(client))
    shop.sourcing = policy
    for warehouse_id, (on_hand, active) in levels.items():
        shop.stocks("P-1", on_hand=on_hand, warehouse_id=warehouse_id)
        if not active:
            shop.retires("P-1", warehouse_id)
    return shop


def shown(shop: Shop) -> int:
    """What a storefront shows as available."""
    try:
        return get_stock("P-1", stock=shop.stock_store, policy=shop.sourcing).available
    except ProductNotFound:
        return 0


def holds(shop: Shop, quantity: int) -> bool:
    """Whether one line can be held: one that names no warehouse, or if each must name its own, one of any warehouse."""
    named = [{"warehouse_id": warehouse_id} for warehouse_id in WAREHOUSES]
    for warehouse in named if shop.sourcing.sourcing is Sourcing.NAMED else [{}]:
        try:
            if shop.reserves({"product_id": "P-1", "quantity": quantity} | warehouse).status == "HELD":
                return True
        except InvalidReservation:
            continue  # no such level
    return False


@settings(max_examples=60, deadline=None)
@given(POLICIES, LEVELS, st.integers(0, 99))
def test_what_is_shown_can_be_held_and_one_unit_more_can_not(
    policy: SourcingPolicy, levels: dict[str, tuple[int, bool]], seed: int
) -> None:
    shop = open_shop(policy, levels)
    draw = random.Random(seed)

    while available := shown(shop):  # until everything is held that one line can be held of
        assert not holds(shop, available + 1)
        assert holds(shop, draw.randint(1, available))
    assert not holds(shop, 1)
    shop.adds_up()


@dataclass
class Rivals:
    """Other checkouts take what each plan has found, and what is read next looks as if there were enough again."""

    hold_seconds: float  # how long one write takes
    now: float = 0.0
    holds: int = 0
    pauses: list[int] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def hold(self, requested: Reservation, *_: object, **__: object) -> HoldRefused:
        self.holds += 1
        self.now += self.hold_seconds
        return HoldRefused({holding.key: 0 for holding in requested.holdings}, unknown=(), beyond_limit=False)

    def holdable(self, product_id: str) -> Holdable:
        return Holdable({LevelKey(product_id, "main"): 0, LevelKey(product_id, "outlet"): 5})


@pytest.mark.parametrize(
    ("hold_seconds", "holds", "pauses"),
    [
        (0.01, ATTEMPTS_MAX, list(range(1, ATTEMPTS_MAX))),
        (RETRY_DEADLINE_SECONDS / 2, 3, [1]),  # the second one ends when the time does
        (RETRY_DEADLINE_SECONDS, 2, []),
    ],
)
def test_a_plan_is_made_again_after_a_pause_until_the_time_is_up(
    monkeypatch: pytest.MonkeyPatch, hold_seconds: float, holds: int, pauses: list[int]
) -> None:
    rivals: Any = Rivals(hold_seconds)
    monkeypatch.setattr(placement, "time", rivals)
    monkeypatch.setattr(placement, "pause", rivals.pauses.append)
    sourcing = SourcingPolicy(("main", "outlet"), Sourcing.ONE_WAREHOUSE)
    policy = HoldPolicy(900, customer_id_required=False, customer_limits=CustomerLimits(9, 9), sourcing=sourcing)
    request = ReservationRequest.parse({"lines": [{"product_id": "P-1", "quantity": 1}]})
    requested = request.held("R-1", policy, utc_now())

    with pytest.raises(TransientError, match="other checkouts took the units"):
        placement.Placement(rivals, rivals).hold_or_reject(requested, request, policy)

    assert (rivals.holds, rivals.pauses) == (holds, pauses)
