"""Many buyers of a level that is spread while they buy, over a busy database: it is sold to the last unit, and no further."""

import random
from collections.abc import Callable
from functools import partial

from inventory.errors import InventoryError
from inventory.model import Reservation, Status
from tests.support.fault_injection import BUSY_DAY, injected_faults, with_retries
from tests.support.shop import Shop, at_once

ON_HAND = 60


def buyer(shop: Shop, number: int) -> Callable[[], Reservation]:
    """A checkout that is retried like a step of the workflow."""
    quantity = random.Random(number).randint(1, 3)
    return with_retries(lambda: shop.reserves(("P-1", quantity), reservation_id=f"B-{number}"))


def spreader(shop: Shop, number: int) -> Callable[[], object]:
    """A manager who changes the number of shards, or the scheduled run that continues a change."""

    def change() -> object:
        shop.shards.continue_all(shop.now())
        return shop.spreads(number)

    return with_retries(change)


def test_buyers_of_a_level_that_grows_and_shrinks_get_exactly_what_there_is(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=ON_HAND)
    buyers = [buyer(shop, number) for number in range(40)]
    spreaders = [spreader(shop, number) for number in (4, 8, 3, 6)]
    calls = [call for index in range(4) for call in (*buyers[10 * index : 10 * index + 10], spreaders[index])]

    with injected_faults(shop.client, BUSY_DAY, seed=3):
        answers = at_once(*calls, workers=8)

    bought = [answer for answer in answers if isinstance(answer, Reservation)]
    assert len(bought) + sum(isinstance(answer, InventoryError) for answer in answers) >= len(buyers)
    held = [answer for answer in bought if answer.status is Status.HELD]
    for refused in (answer for answer in bought if answer.status is Status.REJECTED):
        [short] = refused.shortages
        assert short.available < short.requested
    shop.adds_up()
    assert sum(reservation.units for reservation in held) == shop.level().reserved
    for _ in range(shop.level().available):
        assert with_retries(partial(shop.reserves, ("P-1", 1)))().status is Status.HELD
    assert shop.reserves(("P-1", 1)).status is Status.REJECTED
    shop.adds_up()
