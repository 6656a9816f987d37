"""Authorization in the admin API: every route for managers, for viewers and for everybody else."""

from typing import Any

import pytest

import admin_api
import admin_routes.app
from inventory import dependencies
from inventory.admin.authorization import MANAGERS, VIEWERS, actor_of, authorize, groups_of
from inventory.errors import Forbidden
from inventory.settings import BrowserSettings
from tests.support.http.gateway import Caller

GROUPS = {(route.method, route.path): route.groups for part in admin_api.PARTS for route in admin_api.load_routes(part)}
ROUTES = sorted(GROUPS)
# An export changes nothing: it is the list as a file.
READING = [route for route in ROUTES if route[0] == "GET" or route == ("POST", "/admin/exports")]


def is_authorized(method: str, route: str, groups: object) -> bool:
    """Whether a user in these groups may call a route."""
    try:
        authorize(GROUPS[method, route], {"cognito:groups": groups})
    except Forbidden:
        return False
    return True


def test_every_route_of_the_app_has_its_groups() -> None:
    served = admin_routes.app.app._static_routes + admin_routes.app.app._dynamic_routes

    assert sorted((route.method, route.path) for route in served) == ROUTES


@pytest.mark.parametrize("part", admin_api.PARTS)
def test_every_call_loads_the_part_that_has_its_route(part: str) -> None:
    calls = {f"{route.method} {route.path.split('/')[2]}" for route in admin_api.load_routes(part)}

    assert calls == set(admin_api.PARTS[part])


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_managers_may_call_every_route(method: str, route: str) -> None:
    assert is_authorized(method, route, [MANAGERS])


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_viewers_may_only_read(method: str, route: str) -> None:
    assert is_authorized(method, route, [VIEWERS]) == ((method, route) in READING)


@pytest.mark.parametrize(("method", "route"), ROUTES)
@pytest.mark.parametrize("groups", [None, [], "", "accountants", "inventory-managers-emeriti"])
def test_users_of_other_groups_may_call_nothing(method: str, route: str, groups: object) -> None:
    assert not is_authorized(method, route, groups)


@pytest.mark.parametrize(
    ("method", "route", "groups"),
    [(*route, []) for route in ROUTES] + [(*route, [VIEWERS]) for route in ROUTES if route not in READING],
)
def test_an_unauthorized_call_is_refused_before_any_other_check(
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
def test_groups_are_read_in_every_format_of_the_gateway(claim: object) -> None:
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
def test_the_actor_of_a_change_is_the_name_of_the_user(claims: dict[str, Any], actor: str) -> None:
    assert actor_of(claims) == actor
