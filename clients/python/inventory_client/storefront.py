"""The client for storefronts. It does not need boto3."""

from collections.abc import Sequence
from urllib.parse import quote

from inventory_client.authentication import api_key_header
from inventory_client.model import Stock, StockList
from inventory_client.transport import READ_TIMEOUT_SECONDS, Transport


class StorefrontClient:
    """Reads the stock of products."""

    def __init__(self, url: str, *, api_key: str, timeout_seconds: float = READ_TIMEOUT_SECONDS) -> None:
        """Create a client.

        Args:
            url: the API's URL with its stage, for example https://….execute-api.eu-central-1.amazonaws.com/v1
            api_key: the storefront's API key.
            timeout_seconds: how long one attempt waits for its response.
        """
        self._transport = Transport(url, api_key_header(api_key), timeout_seconds)

    def get_stock(self, product_id: str) -> Stock:
        """The stock of one product.

        Raises:
            NotFound: there is no such product.
        """
        return Stock.from_json(self._transport.call("GET", f"/inventory/{quote(product_id, safe='')}"))

    def list_stock(self, product_ids: Sequence[str]) -> StockList:
        """The stock of up to 100 products, and the ids of products that do not exist."""
        content = self._transport.call("GET", "/inventory", query={"product_ids": ",".join(product_ids)})
        return StockList([Stock.from_json(item) for item in content["items"]], list(content["not_found"]))
