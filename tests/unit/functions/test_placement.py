"""Property: what a storefront shows as available is held by one call, whatever the policy and the levels are."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.errors import InvalidReservation, ProductNotFound
from inventory.stock.lookup import get_stock
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
