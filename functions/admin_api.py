"""The API of administrators: an overview, stock by hand and its ledger, reservations, imports and exports."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import dependencies
from inventory.admin import lists, overview
from inventory.admin.authorization import EVERYONE, MANAGERS_ONLY, Route, actor_of, claims_of, serve_routes
from inventory.admin.pagination import Page, write_cursor
from inventory.admin.queries import (
    ImportQuery,
    LevelFilter,
    LevelQuery,
    MovementQuery,
    ReservationQuery,
    UploadContent,
)
from inventory.admin.requests import AdjustmentContent, LevelContent, ReleaseContent, parse_import_id, parse_version
from inventory.entrypoints.http import JSON, answer, body_of, file, header, required_header, resolver, serve
from inventory.errors import ProductNotFound
from inventory.imports.submission import Submitter
from inventory.model import Adjustment, Intervention, Level, LevelKey, Reservation, utc_now
from inventory.observability import logger
from inventory.reservations.reservation_request import parse_reservation_id
from inventory.stock.changes import ChangeContext
from inventory.stock.counts import ChangeOutcome, Count
from inventory.validation import parse_identifier

app = resolver()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an API Gateway proxy event."""
    return serve(app, event, context, allowed_origin=dependencies.browser_settings().allowed_origin)


def get_overview() -> Response[str]:
    """Answer what needs attention now."""
    return answer(overview.get_overview(store=dependencies.overview_store(), now=utc_now()).to_json())


# --- stock


def list_levels() -> Response[str]:
    """Answer a page of levels."""
    return _page(lists.list_levels(LevelQuery.parse_query(_query()), store=dependencies.list_store()))


def list_levels_of_product(product_id: str) -> Response[str]:
    """Answer every level of a product."""
    product_id = parse_identifier("product_id", product_id)
    found = dependencies.stock_store().levels_of(product_id)
    if not found:
        raise ProductNotFound(f"there is no product {product_id}")
    return answer({"items": [level.to_json() for level in found]})


def put_level(product_id: str, warehouse_id: str) -> Response[str]:
    """Set a level as an editor left it who had read the version in If-Match."""
    key = _key(product_id, warehouse_id)
    content = LevelContent.parse(body_of(app))
    level, outcome = dependencies.stock_changes().put(
        Count(
            key.product_id,
            key.warehouse_id,
            content.name,
            content.category,
            content.on_hand,
            content.low_stock_threshold,
        ),
        ChangeContext(_actor(), content.reason),
        parse_version(header(app, "If-Match")),
        utc_now(),
    )
    return _level(level, HTTPStatus.CREATED if outcome is ChangeOutcome.CREATED else HTTPStatus.OK)


def adjust_level(product_id: str, warehouse_id: str) -> Response[str]:
    """Add units to a level or remove some, once for each Idempotency-Key."""
    key = _key(product_id, warehouse_id)
    content = AdjustmentContent.parse(body_of(app))
    adjustment = Adjustment(
        parse_reservation_id(required_header(app, "Idempotency-Key"), field="Idempotency-Key"),
        key.product_id,
        key.warehouse_id,
        content.delta,
        content.reason,
        content.reference,
    )
    return _level(dependencies.stock_changes().adjust(adjustment, _actor(), utc_now()))


def list_movements(product_id: str) -> Response[str]:
    """Answer a page of a product's ledger."""
    query = MovementQuery.parse_query(_query())
    product_id = parse_identifier("product_id", product_id)
    return _page(lists.list_movements(product_id, query, store=dependencies.list_store()))


# --- reservations


def list_reservations() -> Response[str]:
    """Answer a page of reservations."""
    page = lists.list_reservations(ReservationQuery.parse_query(_query()), store=dependencies.list_store())
    return _page(page, Reservation.to_admin_json)


def inspect_reservation(reservation_id: str) -> Response[str]:
    """Answer a reservation with the timeline of its execution."""
    reservation = dependencies.reservation_store().get(_parse_reservation_id(reservation_id))
    executions = dependencies.executions()
    timeline = {
        "history": [visit.to_json() for visit in executions.history(reservation.reservation_id)],
        "execution_console_url": executions.console_url(reservation.reservation_id),
    }
    return answer(reservation.to_admin_json() | timeline)


def release_reservation(reservation_id: str) -> Response[str]:
    """Give a reservation's units back, and end the wait of its execution."""
    reservation_id = _parse_reservation_id(reservation_id)
    intervention = Intervention(_actor(), ReleaseContent.parse(body_of(app)).reason)
    return answer(dependencies.reservations().release_by_hand(reservation_id, intervention, utc_now()).to_admin_json())


# --- imports and exports


def import_catalogue() -> Response[str]:
    """Accept a CSV, to be applied soon; or, asked in JSON, answer where to send a larger one."""
    key = header(app, "Idempotency-Key")
    caller = Submitter(_actor(), parse_reservation_id(key, field="Idempotency-Key") if key else None)
    if (header(app, "Content-Type") or "").partition(";")[0].strip().lower() == JSON:
        upload = dependencies.imports().begin_upload(UploadContent.parse(body_of(app)).rules, caller, utc_now())
        return answer(asdict(upload), HTTPStatus.CREATED, {"Location": f"/admin/imports/{upload.import_id}"})
    rules = ImportQuery.parse_query(_query()).rules
    import_id = dependencies.imports().import_catalogue(_body_bytes(), rules, caller, utc_now())
    return answer({"import_id": import_id}, HTTPStatus.ACCEPTED, {"Location": f"/admin/imports/{import_id}"})


def get_import(import_id: str) -> Response[str]:
    """Answer the progress of an import, and the lines that it could not apply."""
    report = dependencies.import_store().report(parse_import_id(import_id))
    return answer(report.failed_if_stale(utc_now()).to_json())


def export_catalogue() -> Response[str]:
    """Answer levels as the CSV that an import reads."""
    levels = LevelFilter.parse_query(_query())
    text = lists.export_catalogue(levels, store=dependencies.list_store(), clock=utc_now)
    return file(text, "text/csv", "inventory.csv")


# --- who may call what

ROUTES = (
    Route("GET", "/admin/overview", EVERYONE, get_overview),
    Route("GET", "/admin/inventory", EVERYONE, list_levels),
    Route("GET", "/admin/inventory/<product_id>", EVERYONE, list_levels_of_product),
    Route("PUT", "/admin/inventory/<product_id>/<warehouse_id>", MANAGERS_ONLY, put_level),
    Route("POST", "/admin/inventory/<product_id>/<warehouse_id>/adjustments", MANAGERS_ONLY, adjust_level),
    Route("GET", "/admin/inventory/<product_id>/movements", EVERYONE, list_movements),
    Route("GET", "/admin/reservations", EVERYONE, list_reservations),
    Route("GET", "/admin/reservations/<reservation_id>", EVERYONE, inspect_reservation),
    Route("POST", "/admin/reservations/<reservation_id>/release", MANAGERS_ONLY, release_reservation),
    Route("POST", "/admin/imports", MANAGERS_ONLY, import_catalogue),
    Route("GET", "/admin/imports/<import_id>", EVERYONE, get_import),
    Route("GET", "/admin/export", EVERYONE, export_catalogue),
)
serve_routes(app, ROUTES)


# --- parts of requests and answers


def _actor() -> str:
    return actor_of(claims_of(app))


def _query() -> Mapping[str, str]:
    return app.current_event.query_string_parameters or {}


def _key(product_id: str, warehouse_id: str) -> LevelKey:
    return LevelKey(parse_identifier("product_id", product_id), parse_identifier("warehouse_id", warehouse_id))


def _parse_reservation_id(text: str) -> str:
    """Check a reservation's id, and add it to every log line from here on."""
    reservation_id = parse_reservation_id(text)
    logger.append_keys(reservation_id=reservation_id)
    return reservation_id


def _body_bytes() -> bytes:
    """The body as it was sent: the import reports what is not UTF-8."""
    body = app.current_event.body or ""
    return base64.b64decode(body) if app.current_event.is_base64_encoded else body.encode()


def _level(level: Level, status: HTTPStatus = HTTPStatus.OK) -> Response[str]:
    """A level, with the version that a change names in If-Match."""
    return answer(level.to_json(), status, {"ETag": f'"{level.version}"'})


def _page(page: Page[Any], to_json: Callable[[Any], dict[str, Any]] = lambda item: item.to_json()) -> Response[str]:
    return answer({"items": [to_json(item) for item in page.items], "cursor": write_cursor(page.next)})
