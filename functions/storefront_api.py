"""The storefront's API: what can be bought now."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import dependencies
from inventory.entrypoints.http import answer, resolver, serve
from inventory.errors import FieldError, InvalidRequest
from inventory.observability import logger
from inventory.reservations.requests import parse_identifier
from inventory.stock.lookup import PRODUCTS_MAX, look_up, look_up_many

app = resolver()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an API Gateway proxy event."""
    return serve(app, event, context, allowed_origin=dependencies.browser_settings().allowed_origin)


def one_product(product_id: str) -> Response[str]:
    """`GET /inventory/{product_id}`: its stock in all warehouses."""
    return _answer(look_up(parse_identifier("product_id", product_id), stock=dependencies.stock_store()).to_json())


def many_products() -> Response[str]:
    """`GET /inventory?product_ids=a,b,c`: the stock of each, and which do not exist."""
    found, missing = look_up_many(_product_ids(), stock=dependencies.stock_store())
    return _answer({"items": [stock.to_json() for stock in found], "not_found": missing})


app.get("/inventory/<product_id>")(one_product)
app.get("/inventory")(many_products)


def _product_ids() -> list[str]:
    text = app.current_event.query_string_parameters.get("product_ids") or ""
    product_ids = list(dict.fromkeys(text.split(",")))
    if len(product_ids) > PRODUCTS_MAX:
        raise InvalidRequest([FieldError("product_ids", f"must name at most {PRODUCTS_MAX} products")])
    return [parse_identifier("product_ids", product_id) for product_id in product_ids]


def _answer(content: Any) -> Response[str]:
    return answer(content, headers={"Cache-Control": dependencies.storefront_settings().storefront_cache_control})
