"""The API of storefronts: what can be bought now, and where its changes are pushed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response
from pydantic import Field

from inventory import dependencies
from inventory.entrypoints.conditional import is_known, weak_tag
from inventory.entrypoints.http import answer, body_of, list_header, not_modified, resolver, serve
from inventory.errors import FieldError, InvalidRequest, TooManyIds
from inventory.identifiers import IDENTIFIER
from inventory.live.channel import channel_of
from inventory.live.connection import connection_json
from inventory.model import utc_now
from inventory.observability import logger
from inventory.stock import lookup
from inventory.validation import Request, parse_identifier

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# API Gateway takes 10,240 bytes of a request line and all headers together.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
QUERY_LENGTH_MAX = 8_000
# Pages of one shopper need not ask each time. After a refused key, a page asks past its cache.
LIVE_STOCK_CACHE_CONTROL = "private, max-age=60"

app = resolver()


class LookupContent(Request):
    """The products to look up."""

    product_ids: Annotated[tuple[str, ...], Field(min_length=1)]


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Answer an API Gateway proxy event."""
    return serve(app, event, context, allowed_origin=dependencies.browser_settings().allowed_origin)


@app.get("/inventory/<product_id>")
def get_stock(product_id: str) -> Response[str]:
    """Answer the stock of one product in the warehouses that it may be taken from."""
    product_id = parse_identifier("product_id", product_id)
    sequences = dependencies.published_store().sequences([product_id])  # before the levels, which are then never older
    found = lookup.get_stock(product_id, stock=dependencies.stock_store(), policy=dependencies.sourcing_policy())
    stock = _to_json(found, sequences)
    return _answer_unless_known(stock, tag=weak_tag(_without_time(stock)))


@app.get("/inventory")
def list_stock() -> Response[str]:
    """Answer the stock of each product in the query, and which products do not exist."""
    query = app.current_event.raw_event.get("multiValueQueryStringParameters") or {}
    product_ids = [*query.get("product_id", []), *_separated(query.get("product_ids", []))]
    if not product_ids:
        raise InvalidRequest([FieldError("product_ids" if "product_ids" in query else "product_id", "is required")])
    if _length_of(query) > QUERY_LENGTH_MAX:
        raise TooManyIds(f"a query may have at most {QUERY_LENGTH_MAX} characters: POST the ids to /inventory/lookup")
    stocks = _stock_of(product_ids)
    tag = weak_tag(stocks | {"items": [_without_time(stock) for stock in stocks["items"]]})
    return _answer_unless_known(stocks, tag)


# The path is that of a lookup and of a product with this id.
@app.get("/inventory/lookup")
def get_stock_of_lookup() -> Response[str]:
    """Answer the stock of the product that is called lookup."""
    return get_stock("lookup")


@app.post("/inventory/lookup")
def lookup_stock() -> Response[str]:
    """Answer the stock of each product in the body, and which products do not exist."""
    return answer(_stock_of(LookupContent.parse(body_of(app)).product_ids), headers=_cache_headers())


@app.get("/live-stock")
def get_live_stock() -> Response[str]:
    """Answer where changes of stock are pushed, and the key with which a page subscribes to them."""
    connection = connection_json(dependencies.live_stock_settings(), dependencies.live_stock_key().at(utc_now()))
    return answer(connection, headers={"Cache-Control": LIVE_STOCK_CACHE_CONTROL})


def _stock_of(sent: Iterable[str]) -> dict[str, Any]:
    """The stock of each product, once. An id that cannot exist does not hide the stock of the others."""
    different = dict.fromkeys(sent)
    if len(different) > lookup.PRODUCTS_MAX:
        raise TooManyIds(f"one call looks up at most {lookup.PRODUCTS_MAX} products, not {len(different)}")
    product_ids = {product_id: IDENTIFIER.read(product_id) for product_id in different}
    possible = list(dict.fromkeys(read for read in product_ids.values() if read is not None))
    sequences = dependencies.published_store().sequences(possible)  # before the levels, which are then never older
    stocks = lookup.list_stock(possible, stock=dependencies.stock_store(), policy=dependencies.sourcing_policy())
    found = {stock.product_id: stock for stock in stocks}
    return {
        "items": [_to_json(found[product_id], sequences) for product_id in possible if product_id in found],
        "not_found": [product_id for product_id, read in product_ids.items() if read not in found],
    }


def _separated(lists: Iterable[str]) -> list[str]:
    """The ids in lists with commas, without empty ones, as between two commas."""
    return [product_id for text in lists for product_id in text.split(",") if product_id]


def _length_of(query: Mapping[str, Sequence[str]]) -> int:
    """The characters of a query as it was sent at the shortest: the gateway has decoded it."""
    pairs = [(name, value) for name, values in query.items() for value in values]
    return len(urlencode(pairs, safe="!$'()*,:;@/?", errors="replace"))


def _to_json(stock: lookup.Stock, sequences: Mapping[str, int]) -> dict[str, Any]:
    """A stock as it is also pushed to the product's channel."""
    product_id = stock.product_id
    cap = dependencies.storefront_settings().storefront_quantity_cap
    return stock.to_json(sequence=sequences[product_id], channel=channel_of(product_id), cap=cap)


def _without_time(stock: Mapping[str, Any]) -> dict[str, Any]:
    """All of a stock that a shopper is shown: a sale beyond the cap changes nothing but the time."""
    return {name: value for name, value in stock.items() if name != "updated_at"}


def _answer_unless_known(content: Any, tag: str) -> Response[str]:
    headers = _cache_headers() | {"ETag": tag}
    if is_known(tag, list_header(app, "If-None-Match")):
        return not_modified(headers)
    return answer(content, headers=headers)


def _cache_headers() -> dict[str, str]:
    return {"Cache-Control": dependencies.storefront_settings().storefront_cache_control}
