"""The client for storefronts. It does not need boto3."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from inventory_client.authentication import api_key_header
from inventory_client.errors import NotFound
from inventory_client.model import LiveStock, Stock, StockList
from inventory_client.transport import READ_TIMEOUT_SECONDS, Transport, encode_query

QUERY_LENGTH_MAX = 8_000


class StorefrontClient:
    """Reads the stock of products, and where its changes are pushed."""

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
        found, _ = self.list_stock([product_id])
        if not found:
            problem = {"code": "PRODUCT_NOT_FOUND", "detail": f"there is no product {product_id}"}
            raise NotFound(HTTPStatus.NOT_FOUND, problem)
        return found[0]

    def list_stock(self, product_ids: Sequence[str]) -> StockList:
        """The stock of up to 100 products, and the ids of products that do not exist.

        Raises:
            TooManyIds: these are more than 100 products.
        """
        query = [("product_id", product_id) for product_id in product_ids]
        if len(encode_query(query)) > QUERY_LENGTH_MAX:
            return self.lookup_stock(product_ids)
        return _stock_list(self._transport.call("GET", "/inventory", query=query))

    def lookup_stock(self, product_ids: Sequence[str]) -> StockList:
        """As `list_stock`, with the ids in the body: `list_stock` calls it for ids that are too long for a query.

        Raises:
            TooManyIds: these are more than 100 products.
        """
        return _stock_list(
            self._transport.call("POST", "/inventory/lookup", content={"product_ids": list(product_ids)})
        )

    def get_live_stock(self) -> LiveStock:
        """Where changes of stock are pushed: for a page that subscribes to the `channel` of each stock that it shows.

        Raises:
            LiveStockUnavailable: there is no key at the moment. Read the stock from time to time, and ask again after minutes.
        """
        return LiveStock.from_json(self._transport.call("GET", "/live-stock"))


def _stock_list(content: Mapping[str, Any]) -> StockList:
    return StockList([Stock.from_json(item) for item in content["items"]], list(content["not_found"]))
