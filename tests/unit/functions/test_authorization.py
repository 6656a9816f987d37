"""Who may do what: every route for nobody in particular, for viewers and for managers."""

from typing import Any

import pytest

import admin_api
from inventory import dependencies
from inventory.admin.authorization import MANAGERS, VIEWERS, actor_of, authorize, groups_of
from inventory.errors import Forbidden
from inventory.settings import BrowserSettings
from tests.support.http.gateway import Caller

GROUPS = {(route.method, route.path): route.groups for route in admin_api.ROUTES}
ROUTES = sorted(GROUPS)


def is_admitted(method: str, route: str, groups: object) -> bool:
    """Whether somebody in these groups may call a route."""
    try:
        authorize(GROUPS[method, route], {"cognito:groups": groups})
    except Forbidden:
        return False
    return True


def test_every_route_that_is_served_has_its_groups() -> None:
    served = admin_api.app._static_routes + admin_api.app._dynamic_routes

    assert sorted((route.method, route.path) for route in served) == ROUTES


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_managers_may_do_everything(method: str, route: str) -> None:
    assert is_admitted(method, route, [MANAGERS])


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_viewers_may_only_look(method: str, route: str) -> None:
    assert is_admitted(method, route, [VIEWERS]) == (method == "GET")


@pytest.mark.parametrize(("method", "route"), ROUTES)
@pytest.mark.parametrize("groups", [None, [], "", "accountants", "inventory-managers-emeriti"])
def test_nobody_else_may_do_anything(method: str, route: str, groups: object) -> None:
    assert not is_admitted(method, route, groups)


@pytest.mark.parametrize(
    ("method", "route", "groups"),
    [(*route, []) for route in ROUTES] + [(*route, [VIEWERS]) for route in ROUTES if route[0] != "GET"],
)
def test_who_is_not_admitted_is_told_so_before_anything_is_looked_at(
    method: str, route: str, groups: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dependencies, "browser_settings", lambda: BrowserSettings("https://admin.example.com"))
    path = route.replace("<", "").replace(">", "")

    answer = Caller(admin_api.handler, groups=groups).calls(method, path)

    assert (answer.status, answer.code) == (403, "FORBIDDEN")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "claim",
    [
        [VIEWERS, MANAGERS],
        f"{VIEWERS},{MANAGERS}",
        f"{VIEWERS}, {MANAGERS}",
        f"[{VIEWERS} {MANAGERS}]",
        f"[{VIEWERS}, {MANAGERS}]",
    ],
)
def test_groups_are_read_however_the_gateway_writes_them(claim: object) -> None:
    assert groups_of({"cognito:groups": claim}) == {VIEWERS, MANAGERS}


@pytest.mark.parametrize(
    ("claims", "actor"),
    [
        ({"sub": "1b2c", "cognito:username": "ada", "email": "ada@example.com"}, "ada"),
        ({"sub": "1b2c", "cognito:username": "1b2c", "email": "ada@example.com"}, "ada@example.com"),
        ({"sub": "1b2c", "email": "ada@example.com"}, "ada@example.com"),
        ({"sub": "1b2c", "cognito:username": "1b2c"}, "1b2c"),
        ({}, "unknown"),
    ],
)
def test_the_ledger_calls_people_by_their_name(claims: dict[str, Any], actor: str) -> None:
    assert actor_of(claims) == actor
