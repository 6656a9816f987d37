"""A stock carries the publisher's sequence, and is never older than it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from inventory import dependencies
from inventory.identifiers import IDENTIFIER_LENGTH_MAX
from inventory.live.channel import channel_of
from inventory.live.published_store import PublishedStore
from tests.support.http.gateway import Caller
from tests.support.live.storefront import has_published
from tests.support.shop import Shop


def test_a_product_that_was_never_published_has_the_sequence_0_and_a_channel(storefront: Caller, shop: Shop) -> None:
    shop.stocks("P-1")

    answer = storefront.get("/inventory/P-1").content

    assert (answer["sequence"], answer["channel"]) == (0, channel_of("P-1"))


def test_each_product_of_a_list_has_its_own_sequence(storefront: Caller, shop: Shop) -> None:
    for number in range(3):
        shop.stocks(f"P-{number}")
        if number:
            has_published(shop, f"P-{number}", sequence=number * 10)
    ids = ["P-2", "P-0", "P-9", "P-1"]

    listed = storefront.get("/inventory", product_id=ids).content["items"]
    looked_up = storefront.post("/inventory/lookup", {"product_ids": ids}).content["items"]

    assert [(stock["product_id"], stock["sequence"]) for stock in listed] == [("P-2", 20), ("P-0", 0), ("P-1", 10)]
    assert looked_up == listed


@pytest.mark.parametrize("product_id", ["A/B", "Größe 42", "東京", "\U0001f6d2" * IDENTIFIER_LENGTH_MAX])
def test_any_product_has_a_sequence_and_the_channel_of_its_normal_form(
    storefront: Caller, shop: Shop, product_id: str
) -> None:
    shop.stocks(product_id)
    has_published(shop, product_id, sequence=3)

    [stock] = storefront.get("/inventory", product_id=product_id).content["items"]

    assert (stock["sequence"], stock["channel"]) == (3, channel_of(stock["product_id"]))


UNREADABLE: dict[str, dict[str, Any]] = {
    "no sequence": {},
    "a text": {"sequence": "seven"},
    "a list": {"sequence": [1]},
    "true": {"sequence": True},
    "negative": {"sequence": -1},
    "a fraction": {"sequence": Decimal("1.5")},
}


@pytest.mark.parametrize("attributes", UNREADABLE.values(), ids=UNREADABLE)
def test_a_row_of_the_publisher_that_cannot_be_read_counts_as_0_and_hides_nothing(
    storefront: Caller, shop: Shop, attributes: dict[str, Any]
) -> None:
    shop.stocks("P-1", on_hand=5)
    shop.stocks("P-2", on_hand=5)
    has_published(shop, "P-1", **attributes)
    has_published(shop, "P-2", sequence=2)

    single = storefront.get("/inventory/P-1")
    listed = storefront.get("/inventory", product_ids="P-1,P-2").content["items"]

    assert (single.status, single.content["available"], single.content["sequence"]) == (200, 5, 0)
    assert [stock["sequence"] for stock in listed] == [0, 2]


class SoldMeanwhile(PublishedStore):
    """Another shopper buys as soon as the sequence was read, and the publisher counts it."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop.client, shop.tables)
        self._shop = shop

    def sequences(self, product_ids: Sequence[str]) -> dict[str, int]:
        read = super().sequences(product_ids)
        self._shop.holds(("P-1", 5))
        has_published(self._shop, "P-1", sequence=2)
        return read


@pytest.mark.parametrize("path", ["/inventory/P-1", "/inventory"])
def test_a_stock_that_changes_during_a_read_has_a_sequence_that_is_too_low_and_never_too_high(
    storefront: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    shop.stocks("P-1", on_hand=5)
    has_published(shop, "P-1", sequence=1)
    monkeypatch.setattr(dependencies, "published_store", lambda: SoldMeanwhile(shop))

    content = storefront.get(path, **({"product_id": "P-1"} if path == "/inventory" else {})).content

    stock = content if "available" in content else content["items"][0]
    assert (stock["sequence"], stock["available"]) == (1, 0)
