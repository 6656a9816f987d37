"""No partition of a table or an index takes more writes than DynamoDB accepts, in a shop with 2,000 checkouts a second.

The limit of a partition is 1,000 write units a second. What is simulated is a fifth of a second, with a fifth of both.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
"""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from inventory.model import Reservation
from inventory.observability import logger
from tests.support.memory_dynamodb.write_load import Partition, WriteLoad
from tests.support.shop import Shop

SECOND = 5
CHECKOUTS = 2_000 // SECOND
UNITS_MAX = 1_000 // SECOND  # of a partition
PRODUCTS = 40  # none of them is hot

Ending = Callable[[Shop, Reservation], object]


@pytest.fixture(autouse=True)
def no_log() -> Iterator[None]:
    """Thousands of decisions would be logged."""
    logger.setLevel("CRITICAL")
    yield
    logger.setLevel("INFO")


def paid(shop: Shop, reservation: Reservation) -> None:
    shop.pays(reservation)
    shop.commits(reservation)


ENDINGS: dict[str, Ending] = {
    "paid": paid,
    "expired": Shop.times_out,
    "declined": Shop.declines,
    "cancelled": Shop.cancels,
}


def open_shop(on_hand: int) -> WriteLoad:
    load = WriteLoad()
    for number in range(PRODUCTS):
        load.shop.stocks(f"P-{number}", on_hand=on_hand)
    return load


def held(shop: Shop, number: int) -> Reservation:
    """A checkout of one customer, for one of the products."""
    return shop.reserves(
        (f"P-{number % PRODUCTS}", 1),
        reservation_id=str(UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128)),
        order_id=f"O-{number}",
        customer_id=f"C-{number}",
    )


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_shop_of_2_000_checkouts_a_second_writes_at_most_1_000_units_to_each_partition(ending: str) -> None:
    load = open_shop(on_hand=CHECKOUTS)

    with load.counted() as units:
        for number in range(CHECKOUTS):
            reservation = held(load.shop, number)
            load.shop.waits(reservation)
            ENDINGS[ending](load.shop, reservation)
        busiest, most = units.most_common(1)[0]
        in_index = sum(count for partition, count in units.items() if partition.index == "by_phase")

    assert most <= UNITS_MAX, busiest
    assert in_index == 3 * CHECKOUTS  # it is counted: a hold comes and goes, its decision comes


def test_a_sold_out_shop_rejects_2_000_checkouts_a_second() -> None:
    load = open_shop(on_hand=0)

    with load.counted() as units:
        for number in range(CHECKOUTS):
            assert held(load.shop, number).status == "REJECTED"
        busiest, most = units.most_common(1)[0]

    assert most <= UNITS_MAX, busiest
    assert busiest.index == "by_phase"


def test_a_shop_whose_reservations_are_not_spread_ends_at_500_checkouts_a_second() -> None:
    load = open_shop(on_hand=CHECKOUTS)
    load.shop.spreads_reservations = False

    with load.counted() as units:
        for number in range(CHECKOUTS // 4):
            reservation = held(load.shop, number)
            load.shop.waits(reservation)
            paid(load.shop, reservation)
        in_one = units[Partition("ReservationsTable", "by_phase", "ACTIVE")]

    assert in_one == UNITS_MAX
