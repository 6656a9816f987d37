"""The API of administrators: an overview, stock by hand and its ledger, reservations, imports and exports."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import Response

from inventory import dependencies
from inventory.admin import lists, overview
from inventory.admin.authorization import EVERYONE, MANAGERS_ONLY, Route, actor_of, claims_of, serve_routes
from inventory.admin.pagination import Page, write_cursor
from inventory.admin.queries import (
    ExecutionQuery,
    ImportQuery,
    LevelFilter,
    LevelName,
    LevelQuery,
    MovementQuery,
    ProductMovementQuery,
    ProductName,
    RefundQuery,
    ReservationQuery,
    UploadContent,
)
from inventory.admin.requests import (
    AdjustmentContent,
    LevelContent,
    RefundContent,
    ReleaseContent,
    ShardsContent,
    parse_import_id,
    parse_version,
    parse_version_or_any,
)
from inventory.entrypoints.http import JSON, answer, body_of, file, header, no_content, required_header, resolver, serve
from inventory.errors import LevelNotFound, ProductNotFound, ReservationNotFound
from inventory.imports.submission import Submitter
from inventory.model import Adjustment, Intervention, Level, LevelKey, MoneyReturned, Reservation, iso, utc_now
from inventory.observability import logger
from inventory.reconciliation.failed_executions import to_admin_json
from inventory.reservations.refunds import PAYMENTS_SHOWN_IN_LIST_MAX, PAYMENTS_SHOWN_MAX
from inventory.reservations.reservation_request import parse_key, parse_reservation_id
from inventory.stock.changes import ChangeContext
from inventory.stock.counts import ChangeOutcome, Count
from inventory.validation import parse_identifier

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

app = resolver()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Answer an API Gateway proxy event."""
    return serve(app, event, context, allowed_origin=dependencies.browser_settings().allowed_origin)


def get_overview() -> Response[str]:
    """Answer what needs attention now."""
    return answer(overview.get_overview(store=dependencies.overview_store(), now=utc_now()).to_json())


# --- stock


def list_levels() -> Response[str]:
    """Answer a page of levels."""
    return _page(
        lists.list_levels(LevelQuery.parse_query(_query()), store=dependencies.list_store()), Level.to_admin_json
    )


def list_levels_of_product(product_id: str) -> Response[str]:
    """Answer every level of a product."""
    product_id = parse_identifier("product_id", product_id)
    found = dependencies.stock_store().levels_of(product_id)
    if not found:
        raise ProductNotFound(f"there is no product {product_id}")
    return answer({"items": [level.to_admin_json() for level in found]})


def list_levels_of_product_by_query() -> Response[str]:
    """Answer every level of the product in the query."""
    return list_levels_of_product(ProductName.parse_query(_query()).product_id)


def get_level() -> Response[str]:
    """Answer the level in the query."""
    key = LevelName.parse_query(_query()).key
    level = dependencies.stock_store().level(key)
    if level is None:
        raise LevelNotFound(f"there is no stock level of {key.product_id} in warehouse {key.warehouse_id}")
    return _level(level)


def put_level(product_id: str, warehouse_id: str) -> Response[str]:
    """Set a level as an editor left it who had read the version in If-Match."""
    return _put_level(_key(product_id, warehouse_id))


def put_level_by_query() -> Response[str]:
    """Set the level in the query as an editor left it who had read the version in If-Match."""
    return _put_level(LevelName.parse_query(_query()).key)


def adjust_level(product_id: str, warehouse_id: str) -> Response[str]:
    """Add units to a level or remove some, once for each Idempotency-Key."""
    return _adjust_level(_key(product_id, warehouse_id))


def adjust_level_by_query() -> Response[str]:
    """Add units to the level in the query or remove some, once for each Idempotency-Key."""
    return _adjust_level(LevelName.parse_query(_query()).key)


def delete_level() -> Response[str]:
    """Delete the level in the query if it has no units and the version in If-Match."""
    key = LevelName.parse_query(_query()).key
    version = parse_version(required_header(app, "If-Match"))
    dependencies.stock_changes().delete(key, version, _actor(), utc_now())
    return no_content()


def spread_level() -> Response[str]:
    """Spread the level in the query over shards, if it has the version in If-Match; `*` means any version."""
    key = LevelName.parse_query(_query()).key
    shards = ShardsContent.parse(body_of(app)).shards
    version = parse_version_or_any(header(app, "If-Match"))
    return _level(dependencies.shards().set_shards(key, shards, version, _actor(), utc_now()))


def list_movements(product_id: str) -> Response[str]:
    """Answer a page of a product's ledger."""
    query = MovementQuery.parse_query(_query())
    return _movements(parse_identifier("product_id", product_id), query)


def list_movements_by_query() -> Response[str]:
    """Answer a page of the ledger of the product in the query."""
    query = ProductMovementQuery.parse_query(_query())
    return _movements(query.product_id, query)


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
        ChangeContext(_actor(), content.reason),
        parse_version(version) if (version := header(app, "If-Match")) is not None else None,
        utc_now(),
    )
    return _level(level, HTTPStatus.CREATED if outcome is ChangeOutcome.CREATED else HTTPStatus.OK)


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
    return _level(dependencies.stock_changes().adjust(adjustment, _actor(), utc_now()))


def _movements(product_id: str, query: MovementQuery) -> Response[str]:
    return _page(lists.list_movements(product_id, query, store=dependencies.list_store()))


# --- reservations


def list_reservations() -> Response[str]:
    """Answer a page of reservations."""
    page = lists.list_reservations(ReservationQuery.parse_query(_query()), store=dependencies.list_store())
    return _page(page, lambda found: _reservation(found, payments_max=PAYMENTS_SHOWN_IN_LIST_MAX))


def inspect_reservation(reservation_id: str) -> Response[str]:
    """Answer a reservation, or the failed execution that made none, with the timeline of the execution."""
    reservation_id = _parse_reservation_id(reservation_id)
    try:
        reservation = dependencies.reservation_store().get(reservation_id)
        refunds = [refund.to_json() for refund in dependencies.refunds().of_reservation(reservation)]
        changes = [change.to_json() for change in reservation.changes]
        name = reservation.execution_name
        found = _reservation(reservation) | {"refunds": refunds, "changes": changes}
    except ReservationNotFound:
        failed = dependencies.failed_executions().inspect(reservation_id)
        name, found = failed.execution_name, to_admin_json(failed)
    executions = dependencies.executions()
    timeline = {
        "history": [visit.to_json() for visit in executions.history(name)],
        "execution_console_url": executions.console_url(name),
    }
    return answer(found | timeline)


def release_reservation(reservation_id: str) -> Response[str]:
    """Give a reservation's units back, and end the wait of its execution."""
    reservation_id = _parse_reservation_id(reservation_id)
    intervention = Intervention(_actor(), ReleaseContent.parse(body_of(app)).reason)
    return answer(_reservation(dependencies.reservations().release_by_hand(reservation_id, intervention, utc_now())))


def list_executions() -> Response[str]:
    """Answer a page of executions that did not succeed."""
    return _page(lists.list_executions(ExecutionQuery.parse_query(_query()), store=dependencies.list_store()))


def list_refunds() -> Response[str]:
    """Answer a page of payments to return."""
    query = RefundQuery.parse_query(_query())
    return _page(lists.list_refunds(query, store=dependencies.list_store(), is_due=dependencies.refunds().is_due))


def return_payment(reservation_id: str) -> Response[str]:
    """Record that the money of a payment was returned."""
    reservation_id = _parse_reservation_id(reservation_id)
    content = RefundContent.parse(body_of(app))
    returned = MoneyReturned(content.reference, _actor(), iso(utc_now()), content.note)
    refund = dependencies.refunds().return_payment(reservation_id, content.payment_reference, returned)
    return answer(refund.to_json())


# --- imports and exports


def import_catalogue() -> Response[str]:
    """Accept a CSV, to be applied soon; or, asked in JSON, answer where to send a larger one."""
    key = header(app, "Idempotency-Key")
    caller = Submitter(_actor(), parse_key(key) if key else None)
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


def begin_export() -> Response[str]:
    """Ask for an export that may be too large for one answer."""
    content = body_of(app) if app.current_event.body else {}
    filters = {name: text for name, text in _query().items() if text}
    wanted = LevelFilter.parse(content | filters if isinstance(content, dict) else content)
    export_id = dependencies.exports().begin(wanted, utc_now())
    return answer({"export_id": export_id}, HTTPStatus.ACCEPTED, {"Location": f"/admin/exports/{export_id}"})


def get_export(export_id: str) -> Response[str]:
    """Answer the progress of an export, and where its file is."""
    return answer(dependencies.exports().get(parse_import_id(export_id, "export_id"), utc_now()))


# --- who may call what

ROUTES = (
    Route("GET", "/admin/overview", EVERYONE, get_overview),
    Route("GET", "/admin/inventory", EVERYONE, list_levels),
    Route("GET", "/admin/inventory/<product_id>", EVERYONE, list_levels_of_product),
    Route("PUT", "/admin/inventory/<product_id>/<warehouse_id>", MANAGERS_ONLY, put_level),
    Route("POST", "/admin/inventory/<product_id>/<warehouse_id>/adjustments", MANAGERS_ONLY, adjust_level),
    Route("GET", "/admin/inventory/<product_id>/movements", EVERYONE, list_movements),
    Route("PUT", "/admin/inventory/<product_id>/movements", MANAGERS_ONLY, put_level_in_movements),
    Route("POST", "/admin/inventory/<product_id>/movements/adjustments", MANAGERS_ONLY, adjust_level_in_movements),
    Route("GET", "/admin/level", EVERYONE, get_level),
    Route("PUT", "/admin/level", MANAGERS_ONLY, put_level_by_query),
    Route("DELETE", "/admin/level", MANAGERS_ONLY, delete_level),
    Route("POST", "/admin/level/adjustments", MANAGERS_ONLY, adjust_level_by_query),
    Route("PUT", "/admin/level/shards", MANAGERS_ONLY, spread_level),
    Route("GET", "/admin/levels", EVERYONE, list_levels_of_product_by_query),
    Route("GET", "/admin/movements", EVERYONE, list_movements_by_query),
    Route("GET", "/admin/reservations", EVERYONE, list_reservations),
    Route("GET", "/admin/reservations/<reservation_id>", EVERYONE, inspect_reservation),
    Route("POST", "/admin/reservations/<reservation_id>/release", MANAGERS_ONLY, release_reservation),
    Route("POST", "/admin/reservations/<reservation_id>/refunds", MANAGERS_ONLY, return_payment),
    Route("GET", "/admin/executions", EVERYONE, list_executions),
    Route("GET", "/admin/refunds", EVERYONE, list_refunds),
    Route("POST", "/admin/imports", MANAGERS_ONLY, import_catalogue),
    Route("GET", "/admin/imports/<import_id>", EVERYONE, get_import),
    Route("GET", "/admin/export", EVERYONE, export_catalogue),
    Route("POST", "/admin/exports", EVERYONE, begin_export),
    Route("GET", "/admin/exports/<export_id>", EVERYONE, get_export),
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


def _reservation(reservation: Reservation, *, payments_max: int = PAYMENTS_SHOWN_MAX) -> dict[str, Any]:
    payments = dependencies.refunds().unfulfilled_payments(reservation, payments_max)
    return reservation.to_admin_json(payments)


def _level(level: Level, status: HTTPStatus = HTTPStatus.OK) -> Response[str]:
    """A level, with the version that a change names in If-Match."""
    return answer(level.to_admin_json(), status, {"ETag": f'"{level.version}"'})


def _page(page: Page[Any], to_json: Callable[[Any], dict[str, Any]] = lambda item: item.to_json()) -> Response[str]:
    return answer({"items": [to_json(item) for item in page.items], "cursor": write_cursor(page.next)})
