"""A publisher over a shop's tables."""

from collections.abc import Callable, Iterator

import pytest
from botocore.httpsession import URLLib3Session

from inventory.live import publication
from tests.support.handlers import AtOnce, Functions
from tests.support.live import Publisher
from tests.support.live.publications import Case
from tests.support.live.replayed_publication import ReplayedPublication
from tests.support.shop import Shop
from tests.support.shop.cases import NOW
from tests.support.shop.shops import Shops
from tools.mutate.memory import ENDPOINT_URL, MemoryDynamoDB


@pytest.fixture
def publisher(functions: Functions, shop: Shop) -> Publisher:
    """The functions that publish, at the time of the cases' calls."""
    return Publisher(functions, shop)


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Case], ReplayedPublication]]:
    """Starts a case that is played again and again, over DynamoDB in memory, as each case is played dozens of times.

    Nothing takes time, and all calls of a run have one order.
    """
    monkeypatch.setattr(URLLib3Session, "send", URLLib3Session.send)  # restored afterwards
    MemoryDynamoDB().install()
    functions = Functions(monkeypatch, ENDPOINT_URL, NOW)
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr(publication, "_threads", AtOnce())
    with Shops(ENDPOINT_URL).open() as shop:
        yield lambda case: ReplayedPublication(Publisher(functions, shop), case)
    functions.stop()
