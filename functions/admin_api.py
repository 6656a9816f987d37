"""The administrators' API: an overview, stock by hand and its ledger, reservations, imports and exports."""

import base64
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory import dependencies
from inventory.admin.authorization import actor_of, authorize
from inventory.admin.lists import export_levels, list_levels, list_movements, list_reservations
from inventory.admin.overview import overview
from inventory.admin.pagination import Page, write_cursor
from inventory.admin.requests import (
    AdjustmentContent,
    ImportQuery,
    LevelContent,
    LevelFilter,
    LevelQuery,
    MovementQuery,
    ReleaseContent,
    ReservationQuery,
    parse_import_id,
    parse_version,
)
from inventory.entrypoints.http import answer, body_of, file, header, required_header, resolver, serve
from inventory.errors import ProductNotFound
from inventory.imports.run import submit_import
from inventory.model import Adjustment, Intervention, Level, LevelKey, Reservation, utc_now
from inventory.observability import logger
from inventory.reservations.lifecycle import release_by_hand
from inventory.reservations.requests import parse_identifier, parse_reservation_id
from inventory.stock.changes import ChangeContext, ChangeOutcome, Count, adjust, set_level

app = resolver()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an API Gateway proxy event."""
    return serve(app, event, context, allowed_origin=dependencies.browser_settings().allowed_origin)


def overview_now() -> Response[str]:
    """`GET /admin/overview`: what needs attention now."""
    return answer(overview(store=dependencies.overview_store(), now=utc_now()).to_json())


# --- stock


def levels() -> Response[str]:
    """`GET /admin/inventory`: a page of levels."""
    return _page(list_levels(LevelQuery.parse_query(_query()), lists=dependencies.list_store()))


def levels_of_product(product_id: str) -> Response[str]:
    """`GET /admin/inventory/{product_id}`: every level of it."""
    product_id = parse_identifier("product_id", product_id)
    found = dependencies.stock_store().levels_of(product_id)
    if not found:
        raise ProductNotFound(f"there is no product {product_id}")
    return answer({"items": [level.to_json() for level in found]})


def put_level(product_id: str, warehouse_id: str) -> Response[str]:
    """`PUT /admin/inventory/{product_id}/{warehouse_id}`: a level as an editor left it who had seen If-Match of it."""
    key = _key(product_id, warehouse_id)
    content = LevelContent.parse(body_of(app))
    level, effect = set_level(
        Count(
            key.product_id,
            key.warehouse_id,
            content.name,
            content.category,
            content.on_hand,
            content.low_stock_threshold,
        ),
        ChangeContext(actor_of(_claims()), content.reason),
        seen_version=parse_version(header(app, "If-Match")),
        stock=dependencies.stock_store(),
        topics=dependencies.topics(),
        now=utc_now(),
    )
    return _level(level, HTTPStatus.CREATED if effect is ChangeOutcome.CREATED else HTTPStatus.OK)


def adjust_level(product_id: str, warehouse_id: str) -> Response[str]:
    """`POST /admin/inventory/{product_id}/{warehouse_id}/adjustments`: units added or taken away, once a key."""
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
    level = adjust(
        adjustment, actor_of(_claims()), stock=dependencies.stock_store(), topics=dependencies.topics(), now=utc_now()
    )
    return _level(level)


def movements(product_id: str) -> Response[str]:
    """`GET /admin/inventory/{product_id}/movements`: a page of its ledger."""
    query = MovementQuery.parse_query(_query())
    return _page(list_movements(parse_identifier("product_id", product_id), query, lists=dependencies.list_store()))


# --- reservations


def reservations() -> Response[str]:
    """`GET /admin/reservations`: a page of them."""
    page = list_reservations(ReservationQuery.parse_query(_query()), lists=dependencies.list_store())
    return _page(page, Reservation.to_admin_json)


def reservation(reservation_id: str) -> Response[str]:
    """`GET /admin/reservations/{reservation_id}`: how it stands, and the story of its execution."""
    found = dependencies.reservation_store().reservation(_reservation_id(reservation_id))
    executions = dependencies.executions()
    story = {
        "history": [visit.to_json() for visit in executions.history(found.reservation_id)],
        "execution_console_url": executions.console_url(found.reservation_id),
    }
    return answer(found.to_admin_json() | story)


def release(reservation_id: str) -> Response[str]:
    """`POST /admin/reservations/{reservation_id}/release`: its units go back, and its execution stops waiting."""
    reservation_id = _reservation_id(reservation_id)
    released = release_by_hand(
        reservation_id,
        Intervention(actor_of(_claims()), ReleaseContent.parse(body_of(app)).reason),
        reservations=dependencies.reservation_store(),
        signals=dependencies.signals(),
        now=utc_now(),
    )
    return answer(released.to_admin_json())


# --- imports and exports


def submit() -> Response[str]:
    """`POST /admin/imports`: a CSV is taken, to be applied soon."""
    mode = ImportQuery.parse_query(_query()).mode
    key = header(app, "Idempotency-Key")
    import_id = submit_import(
        _content(),
        mode,
        actor_of(_claims()),
        key=parse_reservation_id(key, field="Idempotency-Key") if key else None,
        imports=dependencies.import_store(),
        now=utc_now(),
    )
    return answer({"import_id": import_id}, HTTPStatus.ACCEPTED, {"Location": f"/admin/imports/{import_id}"})


def import_report(import_id: str) -> Response[str]:
    """`GET /admin/imports/{import_id}`: how far it is, and what it could not apply."""
    report = dependencies.import_store().report(parse_import_id(import_id))
    return answer(report.failed_if_stale(utc_now()).to_json())


def export() -> Response[str]:
    """`GET /admin/export`: levels as the CSV that an import takes."""
    wanted = LevelFilter.parse_query(_query())
    return file(export_levels(wanted, lists=dependencies.list_store()), "text/csv", "inventory.csv")


# --- routes


def _serve(method: str, route: str, serve: Callable[..., Response[str]]) -> None:
    def admitted(app: APIGatewayRestResolver, next_middleware: NextMiddleware) -> Response[str]:
        authorize(method, route, _claims())
        return next_middleware(app)

    app.route(route, method=method, middlewares=[admitted])(serve)


_serve("GET", "/admin/overview", overview_now)
_serve("GET", "/admin/inventory", levels)
_serve("GET", "/admin/inventory/<product_id>", levels_of_product)
_serve("PUT", "/admin/inventory/<product_id>/<warehouse_id>", put_level)
_serve("POST", "/admin/inventory/<product_id>/<warehouse_id>/adjustments", adjust_level)
_serve("GET", "/admin/inventory/<product_id>/movements", movements)
_serve("GET", "/admin/reservations", reservations)
_serve("GET", "/admin/reservations/<reservation_id>", reservation)
_serve("POST", "/admin/reservations/<reservation_id>/release", release)
_serve("POST", "/admin/imports", submit)
_serve("GET", "/admin/imports/<import_id>", import_report)
_serve("GET", "/admin/export", export)


# --- what a request says


def _claims() -> Mapping[str, Any]:
    """What the token says of the caller; the authorizer has checked it."""
    authorizer = app.current_event.raw_event["requestContext"].get("authorizer") or {}
    return authorizer.get("claims") or {}


def _query() -> Mapping[str, str]:
    return app.current_event.query_string_parameters or {}


def _key(product_id: str, warehouse_id: str) -> LevelKey:
    return LevelKey(parse_identifier("product_id", product_id), parse_identifier("warehouse_id", warehouse_id))


def _reservation_id(text: str) -> str:
    """A reservation's id, checked, and in every log line from here on."""
    reservation_id = parse_reservation_id(text)
    logger.append_keys(reservation_id=reservation_id)
    return reservation_id


def _content() -> bytes:
    """The body as it was sent: what is not UTF-8 is the import's to tell."""
    body = app.current_event.body or ""
    return base64.b64decode(body) if app.current_event.is_base64_encoded else body.encode()


def _level(level: Level, status: HTTPStatus = HTTPStatus.OK) -> Response[str]:
    """A level, with the version that a change of it names in If-Match."""
    return answer(level.to_json(), status, {"ETag": f'"{level.version}"'})


def _page(page: Page[Any], to_json: Callable[[Any], dict[str, Any]] = lambda item: item.to_json()) -> Response[str]:
    return answer({"items": [to_json(item) for item in page.items], "cursor": write_cursor(page.next)})
