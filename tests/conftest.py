"""What every test can ask for."""

from collections.abc import Iterator

import pytest

from tests.support.dynamodb_local import dynamodb_local
from tests.support.shop import Shop
from tests.support.shops import Shops


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that the others run beside it and not before it."""
    items.sort(key=lambda item: item.path.name != "test_model_based.py")


@pytest.fixture(scope="session")
def dynamodb_url() -> Iterator[str]:
    """Amazon's DynamoDB Local, one for all tests of this process."""
    with dynamodb_local() as url:
        yield url


@pytest.fixture(scope="session")
def shops(dynamodb_url: str) -> Shops:
    """Shops over one DynamoDB Local, for tests that need more than one."""
    return Shops(dynamodb_url)


@pytest.fixture
def shop(shops: Shops) -> Iterator[Shop]:
    """A shop without stock."""
    with shops.open() as shop:
        yield shop
