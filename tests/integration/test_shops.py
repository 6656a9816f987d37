"""The tables of a test are used again by the next one, which finds nothing in them."""

import pytest

from tests.support.shop import names_of
from tests.support.shop.shops import ROWS_WORTH_DELETING_MAX, Shops


def test_a_shop_over_used_tables_is_empty(shops: Shops) -> None:
    with shops.open() as used:
        used.stocks("P-1", on_hand=5)
        used.sells(("P-1", 1), customer_id="C-1")

    with shops.open() as shop:
        assert shop.tables == used.tables
        assert not any(shop.rows(table) for table in names_of(shop.tables).values())


def test_the_tables_of_a_test_with_many_rows_are_not_used_again(shops: Shops) -> None:
    with shops.open() as used:
        for number in range(ROWS_WORTH_DELETING_MAX + 1):
            used.has_by_hand(f"P-{number}")

    with shops.open() as shop:
        assert shop.tables != used.tables


def test_the_tables_of_a_block_that_failed_are_not_used_again(shops: Shops) -> None:
    with pytest.raises(ZeroDivisionError), shops.open() as used:
        raise ZeroDivisionError

    with shops.open() as shop:
        assert shop.tables != used.tables
