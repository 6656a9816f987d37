"""A publisher over a shop's tables."""

import pytest

from tests.support.handlers import Functions
from tests.support.live import Publisher
from tests.support.shop import Shop


@pytest.fixture
def publisher(functions: Functions, shop: Shop) -> Publisher:
    """The functions that publish, at the time of the cases' calls."""
    return Publisher(functions, shop)
