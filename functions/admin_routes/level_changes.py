"""Levels as they are counted, adjusted, spread and deleted by hand."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from admin_routes.app import actor, app, level_answer, query_parameters
from inventory import dependencies
from inventory.admin.authorization import MANAGERS_ONLY, Route
from inventory.admin.queries import LevelName
from inventory.admin.requests import (
    AdjustmentContent,
    LevelContent,
    ShardsContent,
    parse_version,
    parse_version_or_any,
)
from inventory.entrypoints.http import body_of, header, no_content, required_header
from inventory.model import Adjustment, LevelKey, utc_now
from inventory.reservations.reservation_request import parse_key
from inventory.stock.changes import ChangeContext
from inventory.stock.counts import ChangeOutcome, Count
from inventory.validation import parse_identifier


def put_level(product_id: str, warehouse_id: str) -> Response[str]:
    """Set a level as an editor left it who had read the version in If-Match."""
    return _put_level(_key(product_id, warehouse_id))


def put_level_by_query() -> Response[str]:
    """Set the level in the query as an editor left it who had read the version in If-Match."""
    return _put_level(LevelName.parse_query(query_parameters()).key)


def adjust_level(product_id: str, warehouse_id: str) -> Response[str]:
    """Add units to a level or remove some, once for each Idempotency-Key."""
    return _adjust_level(_key(product_id, warehouse_id))


def adjust_level_by_query() -> Response[str]:
    """Add units to the level in the query or remove some, once for each Idempotency-Key."""
    return _adjust_level(LevelName.parse_query(query_parameters()).key)


def delete_level() -> Response[str]:
    """Delete the level in the query if it has no units and the version in If-Match."""
    key = LevelName.parse_query(query_parameters()).key
    version = parse_version(required_header(app, "If-Match"))
    dependencies.stock_changes().delete(key, version, actor(), utc_now())
    return no_content()


def spread_level() -> Response[str]:
    """Spread the level in the query over shards, if it has the version in If-Match; `*` means any version."""
    key = LevelName.parse_query(query_parameters()).key
    shards = ShardsContent.parse(body_of(app)).shards
    version = parse_version_or_any(header(app, "If-Match"))
    return level_answer(dependencies.shards().set_shards(key, shards, version, actor(), utc_now()))


# A warehouse may be called like the ledger: API Gateway takes the fixed part of a path first.


def put_level_in_movements(product_id: str) -> Response[str]:
    """Set a level in the warehouse that is called movements."""
    return put_level(product_id, "movements")


def adjust_level_in_movements(product_id: str) -> Response[str]:
    """Adjust a level in the warehouse that is called movements."""
    return adjust_level(product_id, "movements")


def _put_level(key: LevelKey) -> Response[str]:
    content = LevelContent.parse(body_of(app))
    level, outcome = dependencies.stock_changes().put(
        Count(
            key.product_id,
            key.warehouse_id,
            content.name,
            content.category,
            content.on_hand,
            content.low_stock_threshold,
            content.active,
        ),
        ChangeContext(actor(), content.reason),
        parse_version(version) if (version := header(app, "If-Match")) is not None else None,
        utc_now(),
    )
    return level_answer(level, HTTPStatus.CREATED if outcome is ChangeOutcome.CREATED else HTTPStatus.OK)


def _adjust_level(key: LevelKey) -> Response[str]:
    content = AdjustmentContent.parse(body_of(app))
    adjustment = Adjustment(
        parse_key(required_header(app, "Idempotency-Key")),
        key.product_id,
        key.warehouse_id,
        content.delta,
        content.reason,
        content.reference,
    )
    return level_answer(dependencies.stock_changes().adjust(adjustment, actor(), utc_now()))


def _key(product_id: str, warehouse_id: str) -> LevelKey:
    return LevelKey(parse_identifier("product_id", product_id), parse_identifier("warehouse_id", warehouse_id))


ROUTES = (
    Route("PUT", "/admin/inventory/<product_id>/<warehouse_id>", MANAGERS_ONLY, put_level),
    Route("POST", "/admin/inventory/<product_id>/<warehouse_id>/adjustments", MANAGERS_ONLY, adjust_level),
    Route("PUT", "/admin/inventory/<product_id>/movements", MANAGERS_ONLY, put_level_in_movements),
    Route("POST", "/admin/inventory/<product_id>/movements/adjustments", MANAGERS_ONLY, adjust_level_in_movements),
    Route("PUT", "/admin/level", MANAGERS_ONLY, put_level_by_query),
    Route("DELETE", "/admin/level", MANAGERS_ONLY, delete_level),
    Route("POST", "/admin/level/adjustments", MANAGERS_ONLY, adjust_level_by_query),
    Route("PUT", "/admin/level/shards", MANAGERS_ONLY, spread_level),
)
