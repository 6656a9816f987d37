"""Levels and their ledger, as they are read."""

from aws_lambda_powertools.event_handler import Response

from admin_routes.app import level_answer, page_answer, query_parameters
from inventory import dependencies
from inventory.admin import lists
from inventory.admin.authorization import EVERYONE, Route
from inventory.admin.queries import LevelName, LevelQuery, MovementQuery, ProductMovementQuery, ProductName
from inventory.entrypoints.http import answer
from inventory.errors import LevelNotFound, ProductNotFound
from inventory.model import Level
from inventory.validation import parse_identifier


def list_levels() -> Response[str]:
    """Answer a page of levels."""
    found = dependencies.level_list().page(LevelQuery.parse_query(query_parameters()))
    return page_answer(found.page, Level.to_admin_json, total=found.total, read_model=found.freshness.to_json())


def list_levels_of_product(product_id: str) -> Response[str]:
    """Answer every level of a product."""
    product_id = parse_identifier("product_id", product_id)
    found = dependencies.stock_store().levels_of(product_id)
    if not found:
        raise ProductNotFound(f"there is no product {product_id}")
    return answer({"items": [level.to_admin_json() for level in found]})


def list_levels_of_product_by_query() -> Response[str]:
    """Answer every level of the product in the query."""
    return list_levels_of_product(ProductName.parse_query(query_parameters()).product_id)


def get_level() -> Response[str]:
    """Answer the level in the query."""
    key = LevelName.parse_query(query_parameters()).key
    level = dependencies.stock_store().level(key)
    if level is None:
        raise LevelNotFound(f"there is no stock level of {key.product_id} in warehouse {key.warehouse_id}")
    return level_answer(level)


def list_movements(product_id: str) -> Response[str]:
    """Answer a page of a product's ledger."""
    query = MovementQuery.parse_query(query_parameters())
    return _movements(parse_identifier("product_id", product_id), query)


def list_movements_by_query() -> Response[str]:
    """Answer a page of the ledger of the product in the query."""
    query = ProductMovementQuery.parse_query(query_parameters())
    return _movements(query.product_id, query)


def _movements(product_id: str, query: MovementQuery) -> Response[str]:
    return page_answer(lists.list_movements(product_id, query, store=dependencies.list_store()))


ROUTES = (
    Route("GET", "/admin/inventory", EVERYONE, list_levels),
    Route("GET", "/admin/inventory/<product_id>", EVERYONE, list_levels_of_product),
    Route("GET", "/admin/inventory/<product_id>/movements", EVERYONE, list_movements),
    Route("GET", "/admin/level", EVERYONE, get_level),
    Route("GET", "/admin/levels", EVERYONE, list_levels_of_product_by_query),
    Route("GET", "/admin/movements", EVERYONE, list_movements_by_query),
)
