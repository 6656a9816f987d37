"""Who may call which route of the administrators' API, and the name of the caller in the ledger."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from inventory.errors import Forbidden

VIEWERS = "inventory-viewers"
MANAGERS = "inventory-managers"

EVERYONE = frozenset({VIEWERS, MANAGERS})
MANAGERS_ONLY = frozenset({MANAGERS})


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the API: where it is called, which groups may call it, and what answers."""

    method: str
    path: str
    groups: frozenset[str]
    operation: Callable[..., Response[str]]


def serve_routes(app: APIGatewayRestResolver, routes: Iterable[Route]) -> None:
    """Let the router answer these routes, each to its groups only."""
    for route in routes:
        app.route(route.path, method=route.method, middlewares=[_authorizing(route)])(route.operation)


def _authorizing(route: Route) -> Callable[..., Response[str]]:
    def authorized(app: APIGatewayRestResolver, next_middleware: NextMiddleware) -> Response[str]:
        authorize(route.groups, claims_of(app))
        return next_middleware(app)

    return authorized


def authorize(groups: frozenset[str], claims: Mapping[str, Any]) -> None:
    """Check that a caller is in one of these groups.

    Raises:
        Forbidden: the caller is in none of them.
    """
    if not groups & groups_of(claims):
        raise Forbidden("your groups do not allow this")


def claims_of(app: APIGatewayRestResolver) -> Mapping[str, Any]:
    """The claims of the caller's token, which the authorizer has verified."""
    authorizer = app.current_event.raw_event["requestContext"].get("authorizer") or {}
    return authorizer.get("claims") or {}


def groups_of(claims: Mapping[str, Any]) -> frozenset[str]:
    """The groups in a token's claims: a list, or the text that API Gateway makes of one, `a,b` or `[a b]`."""
    groups = claims.get("cognito:groups") or ()
    return frozenset(re.findall(r"[^\s,\[\]]+", groups) if isinstance(groups, str) else map(str, groups))


def actor_of(claims: Mapping[str, Any]) -> str:
    """The caller's name in the ledger: the user name, or the e-mail address if the user name is only a number."""
    subject = claims.get("sub")
    username = claims.get("cognito:username")
    names = (username if username != subject else None, claims.get("email"), subject)
    return str(next((name for name in names if name), "unknown"))
