"""Which channels may be subscribed to: the handlers in the template, and the rule that stands for them on the local AWS."""

from inventory.live.channel import channel_of
from tests.support.javascript import admitted
from tests.support.template.source import resource
from tools.local.event_api.channels import parse_channel
from tools.local.event_api.handlers import is_product

PRODUCTS = [channel_of(product_id) for product_id in ("P-1", "Käse / 1", "x" * 128)]
OTHERS = [
    "/stock",
    "/stock/*",
    "/stock/abc",
    "/stock/a/b/c",
    f"{PRODUCTS[0]}/*",
    f"{PRODUCTS[0]}/more",
    f"{PRODUCTS[0]}a",
    PRODUCTS[0][:-1],
    PRODUCTS[0].upper().replace("/STOCK", "/stock"),
    PRODUCTS[0][:-1] + "1",
    PRODUCTS[0][:-2] + "-a",
]


def test_only_the_channels_of_products_are_admitted() -> None:
    code = resource("LiveStockNamespace")["CodeHandlers"]

    assert admitted(code, [*PRODUCTS, *OTHERS]) == PRODUCTS


def test_the_local_aws_admits_the_same_channels() -> None:
    channels = {text: parse_channel(text, may_end_with_any=True) for text in (*PRODUCTS, *OTHERS)}

    assert [text for text, channel in channels.items() if channel and is_product(channel)] == PRODUCTS
