"""Who may do what on the administrators' side, and who it is that does it."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from inventory.entrypoints.http import Problem

VIEWERS = "inventory-viewers"
MANAGERS = "inventory-managers"

_ALL = frozenset({VIEWERS, MANAGERS})
_MANAGERS = frozenset({MANAGERS})

# Every route of the administrators' API, and the groups that may call it.
GROUPS_OF_ROUTE: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/admin/overview"): _ALL,
    ("GET", "/admin/inventory"): _ALL,
    ("GET", "/admin/inventory/<product_id>"): _ALL,
    ("GET", "/admin/inventory/<product_id>/movements"): _ALL,
    ("PUT", "/admin/inventory/<product_id>/<warehouse_id>"): _MANAGERS,
    ("POST", "/admin/inventory/<product_id>/<warehouse_id>/adjustments"): _MANAGERS,
    ("GET", "/admin/reservations"): _ALL,
    ("GET", "/admin/reservations/<reservation_id>"): _ALL,
    ("POST", "/admin/reservations/<reservation_id>/release"): _MANAGERS,
    ("POST", "/admin/imports"): _MANAGERS,
    ("GET", "/admin/imports/<import_id>"): _ALL,
    ("GET", "/admin/export"): _ALL,
}


def authorize(method: str, route: str, claims: Mapping[str, Any]) -> None:
    """Let a caller pass who is in one of the route's groups.

    Raises:
        Problem: 403 FORBIDDEN, the caller is in none of them.
    """
    if not GROUPS_OF_ROUTE[method, route] & groups_of(claims):
        raise Problem(HTTPStatus.FORBIDDEN, "FORBIDDEN", "your groups do not allow this")


def groups_of(claims: Mapping[str, Any]) -> frozenset[str]:
    """The groups in a token's claims: a list, or the text that API Gateway makes of one, `a,b` or `[a b]`."""
    groups = claims.get("cognito:groups") or ()
    return frozenset(re.findall(r"[^\s,\[\]]+", groups) if isinstance(groups, str) else map(str, groups))


def actor_of(claims: Mapping[str, Any]) -> str:
    """What the ledger calls a caller: the user's name, or the e-mail address where the name is but a number."""
    subject = claims.get("sub")
    username = claims.get("cognito:username")
    names = (username if username != subject else None, claims.get("email"), subject)
    return str(next((name for name in names if name), "unknown"))
