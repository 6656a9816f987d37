"""The router of the administrators' API, and what several of its parts read from a request or write into an answer."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from inventory.admin.authorization import actor_of, claims_of
from inventory.admin.pagination import Page, write_cursor
from inventory.entrypoints.http import answer, resolver
from inventory.model import Level

app = resolver()


def actor() -> str:
    """The caller's name in the ledger."""
    return actor_of(claims_of(app))


def query_parameters() -> Mapping[str, str]:
    """The parameters of the query."""
    return app.current_event.query_string_parameters or {}


def level_answer(level: Level, status: HTTPStatus = HTTPStatus.OK) -> Response[str]:
    """A level, with the version that a change names in If-Match."""
    return answer(level.to_admin_json(), status, {"ETag": f'"{level.version}"'})


def page_answer(
    page: Page[Any], to_json: Callable[[Any], dict[str, Any]] = lambda item: item.to_json(), **more: Any
) -> Response[str]:
    """A page of a list, with the cursor of the next one, and what more a list says."""
    return answer({"items": [to_json(item) for item in page.items], "cursor": write_cursor(page.next)} | more)
