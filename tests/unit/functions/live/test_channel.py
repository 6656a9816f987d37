"""The channel of a product has a name that AppSync takes, whatever the product is called."""

import re

import pytest

from inventory.live.channel import channel_of

# https://docs.aws.amazon.com/appsync/latest/eventapi/channel-namespaces.html
TAKEN = re.compile(r"/stock/[A-Za-z0-9]([A-Za-z0-9-]{0,48}[A-Za-z0-9])?")


@pytest.mark.parametrize("product_id", ["P-1", "A/B", "Käse 1 kg", "*", "商品", " ", "x" * 128])
def test_every_product_has_a_channel_that_appsync_takes(product_id: str) -> None:
    assert TAKEN.fullmatch(channel_of(product_id))


def test_a_channel_never_changes() -> None:
    assert channel_of("P-1") == "/stock/qkmioyhxtoqk5jm47wcxzjrya52bpegnik6qixnl"


def test_products_have_different_channels() -> None:
    assert len({channel_of(f"P-{number}") for number in range(1_000)}) == 1_000
