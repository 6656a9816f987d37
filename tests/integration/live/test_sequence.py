"""The sequence of products, as storefronts read it."""

from decimal import Decimal

import pytest

from inventory.aws.changes import to_attributes
from inventory.live.published_store import PublishedStore, product_key
from tests.support.shop import Shop


def test_a_product_of_which_nothing_was_published_has_the_sequence_0(shop: Shop) -> None:
    assert PublishedStore(shop.client, shop.tables).sequence("P-1") == 0


def test_the_sequences_of_many_products_are_read_together(shop: Shop) -> None:
    published = [f"P-{number}" for number in range(150)]
    for number, product_id in enumerate(published, 1):
        row = product_key(product_id) | {"sequence": number}
        shop.client.put_item(TableName=shop.tables.published, Item=to_attributes(row))

    found = PublishedStore(shop.client, shop.tables).sequences([*published, "another", "P-0"])

    assert found == {product_id: number for number, product_id in enumerate(published, 1)} | {"another": 0}


@pytest.mark.parametrize("written", ["three", -1, Decimal("1.5"), True])
def test_a_sequence_that_another_tool_overwrote_is_0(shop: Shop, written: object) -> None:
    row = product_key("P-1") | {"sequence": written}
    shop.client.put_item(TableName=shop.tables.published, Item=to_attributes(row))

    assert PublishedStore(shop.client, shop.tables).sequence("P-1") == 0
