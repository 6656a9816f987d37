"""The API of storefronts: what can be bought now."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import dependencies
from inventory.entrypoints.http import answer, resolver, serve
from inventory.errors import FieldError, InvalidRequest
from inventory.identifiers import IDENTIFIER
from inventory.observability import logger
from inventory.stock import lookup
from inventory.validation import parse_identifier

app = resolver()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an API Gateway proxy event."""
    return serve(app, event, context, allowed_origin=dependencies.browser_settings().allowed_origin)


@app.get("/inventory/<product_id>")
def get_stock(product_id: str) -> Response[str]:
    """Answer the stock of one product in all warehouses."""
    product_id = parse_identifier("product_id", product_id)
    return _answer(lookup.get_stock(product_id, stock=dependencies.stock_store()).to_json())


@app.get("/inventory")
def list_stock() -> Response[str]:
    """Answer the stock of each requested product, and which products do not exist."""
    product_ids = _product_ids()
    # An id that cannot exist does not hide the stock of the others.
    asked = {product_id: IDENTIFIER.read(product_id) for product_id in product_ids}
    possible = dict.fromkeys(read for read in asked.values() if read is not None)
    found = {stock.product_id: stock for stock in lookup.list_stock(list(possible), stock=dependencies.stock_store())}
    return _answer(
        {
            "items": [found[product_id].to_json() for product_id in possible if product_id in found],
            "not_found": [product_id for product_id, read in asked.items() if read not in found],
        }
    )


def _product_ids() -> list[str]:
    """The requested ids, each once, without empty ones, as between two commas."""
    text = app.current_event.query_string_parameters.get("product_ids") or ""
    product_ids = [product_id for product_id in dict.fromkeys(text.split(",")) if product_id]
    if not product_ids:
        raise InvalidRequest([FieldError("product_ids", "is required")])
    if len(product_ids) > lookup.PRODUCTS_MAX:
        raise InvalidRequest([FieldError("product_ids", f"must name at most {lookup.PRODUCTS_MAX} products")])
    return product_ids


def _answer(content: Any) -> Response[str]:
    return answer(content, headers={"Cache-Control": dependencies.storefront_settings().storefront_cache_control})
