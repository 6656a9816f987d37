"""Fixtures of the storefront's API."""

import pytest

from tests.support.http.gateway import Caller
from tests.support.live.storefront import storefront_of
from tests.support.shop import Shop


@pytest.fixture
def storefront(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A page of a storefront."""
    return storefront_of(shop, monkeypatch, cache_control="max-age=5", origin="https://shop.example")
