"""The API of administrators: an overview, the state of the books, stock by hand and its ledger, reservations, imports and exports."""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from admin_routes.app import app
from inventory import dependencies
from inventory.admin.authorization import Route, serve_routes
from inventory.entrypoints.http import serve
from inventory.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# Which module of admin_routes has a call's operation, by its method and the part of its path after /admin/. Only the modules
# that are called are loaded: all of them would be a sixth of a cold start.
PARTS = {
    "overview": ("GET overview", "GET attention", "GET lost-demand"),
    "health": ("GET health",),
    "live_stock": ("GET live-stock",),
    "levels": ("GET inventory", "GET level", "GET levels", "GET movements"),
    "level_changes": ("PUT inventory", "POST inventory", "PUT level", "POST level", "DELETE level"),
    "reservations": ("GET reservations", "POST reservations", "GET executions", "GET refunds"),
    "search": ("GET search", "GET timeline"),
    "files": ("GET imports", "POST imports", "GET export", "GET exports", "POST exports"),
}
_PART_OF = {call: part for part, calls in PARTS.items() for call in calls}


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Answer an API Gateway proxy event."""
    load_routes_of(event["httpMethod"], event["resource"])
    return serve(app, event, context, allowed_origin=dependencies.browser_settings().allowed_origin)


def load_routes_of(method: str, path: str) -> None:
    """Load what answers such a call; nothing if there is no such call, which the router answers."""
    called = path.removeprefix("/admin/").partition("/")[0]
    part = _PART_OF.get(f"{method} {called}")
    if part:
        load_routes(part)


@cache
def load_routes(part: str) -> tuple[Route, ...]:
    """Let the router answer the calls of a part of the API."""
    routes: tuple[Route, ...] = import_module(f"admin_routes.{part}").ROUTES
    serve_routes(app, routes)
    return routes
