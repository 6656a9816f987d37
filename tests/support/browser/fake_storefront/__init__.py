"""A small storefront API in this process, with AppSync Events, for tests of the web components.

Its time and its faults are in the hands of a test: a key that ends, a WebSocket that is refused, an API that is down.
"""

from tests.support.browser.fake_storefront.event_api import FakeEventApi
from tests.support.browser.fake_storefront.server import FakeStorefront, fake_storefront

__all__ = ["FakeEventApi", "FakeStorefront", "fake_storefront"]
