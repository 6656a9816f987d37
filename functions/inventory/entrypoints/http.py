"""HTTP answers: JSON, and problems as RFC 9457 describes them, with a stable code for programs."""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from inventory.errors import (
    BadRequest,
    Conflict,
    FieldError,
    Forbidden,
    InvalidRequest,
    InventoryError,
    MalformedJson,
    NotFound,
    RouteNotFound,
    TooLarge,
    TransientError,
)
from inventory.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

KEEP_SURROGATES = "surrogatepass"  # the operation names what is wrong with such a parameter
JSON = "application/json"
PROBLEM_JSON = "application/problem+json"

STATUSES: dict[type[InventoryError], HTTPStatus] = {
    BadRequest: HTTPStatus.BAD_REQUEST,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TransientError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def answer(content: Any, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Response[str]:
    """A JSON answer."""
    return _response(status, JSON, content, headers)


def no_content() -> Response[str]:
    """An answer that is its status alone."""
    return Response(status_code=HTTPStatus.NO_CONTENT, content_type=None, body="")


def not_modified(headers: Mapping[str, str]) -> Response[str]:
    """The answer to a caller who has the current content; its headers are those of the whole answer."""
    return Response(status_code=HTTPStatus.NOT_MODIFIED, content_type=None, body="", headers=dict(headers))


def problem(error: InventoryError) -> Response[str]:
    """A problem: `status`, `title`, `detail`, `code`, and the error's details.

    Raises:
        InventoryError: the error itself, if it has no public code: it is a defect.
    """
    status = next((status for kind, status in STATUSES.items() if isinstance(error, kind)), None)
    if status is None or error.code is None:
        raise error
    content = {"status": status, "title": status.phrase, "detail": str(error), "code": error.code, **error.details()}
    retry = {"Retry-After": "1"} if status is HTTPStatus.SERVICE_UNAVAILABLE else None
    logger.info("refused", status=int(status), code=error.code)  # the gateway's access log has the rest
    return _response(status, PROBLEM_JSON, content, retry)


def file(text: str, content_type: str, name: str) -> Response[str]:
    """An answer that a browser saves as a file."""
    return Response(
        status_code=HTTPStatus.OK,
        content_type=f"{content_type}; charset=utf-8",
        body=text,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# Sent with every answer: a browser never guesses its type, and always uses TLS.
HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
# The headers that a page of the allowed origin may read.
EXPOSED_HEADERS = "ETag, Location, Retry-After, Content-Disposition"


def serve(
    app: APIGatewayRestResolver, event: dict[str, Any], context: "LambdaContext", *, allowed_origin: str | None = None
) -> dict[str, Any]:
    """Answer an API Gateway proxy event, errors included, with the headers that every answer has.

    Args:
        allowed_origin: whose pages may read the answers; None for an API that no browser calls.
    """
    answered: dict[str, Any] = app.resolve(event | {"path": _plain_path(event)}, context)
    always = dict(HEADERS)
    if allowed_origin:
        always |= {"Access-Control-Allow-Origin": allowed_origin, "Access-Control-Expose-Headers": EXPOSED_HEADERS}
    own = answered.get("multiValueHeaders") or {}
    answered["multiValueHeaders"] = {name: [value] for name, value in always.items()} | own
    return answered


def _plain_path(event: dict[str, Any]) -> str:
    """The path with its parameters escaped, as a parameter may contain a slash and the router allows few characters.

    It comes from the resource, because the event's own path contains the base path of a custom domain name.
    """
    path: str = event["resource"]
    for name, value in (event.get("pathParameters") or {}).items():
        path = path.replace(f"{{{name}}}", quote(value, safe=":", errors=KEEP_SURROGATES))
    return path


class _Resolver(APIGatewayRestResolver):
    """A router that gives an operation the parameters of its path as they were before `_plain_path` escaped them."""

    def _convert_matches_into_route_keys(self, match: re.Match[str]) -> dict[str, str]:
        return {name: unquote(value, errors=KEEP_SURROGATES) for name, value in match.groupdict().items()}


def resolver() -> APIGatewayRestResolver:
    """A router whose errors are problems."""
    app = _Resolver()
    app.exception_handler(InventoryError)(problem)
    app.exception_handler(NotFoundError)(_unknown_route)
    return app


def _unknown_route(error: NotFoundError) -> Response[str]:
    return problem(RouteNotFound("there is no such resource"))


def body_of(app: APIGatewayRestResolver) -> Any:
    """The request's body, decoded.

    Raises:
        MalformedJson: it is not JSON.
    """
    try:
        return json.loads(app.current_event.decoded_body or "null", parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedJson("the body is not JSON") from error


def header(app: APIGatewayRestResolver, name: str) -> str | None:
    """A header of the request, whatever the case of its name."""
    return app.current_event.headers.get(name)


def list_header(app: APIGatewayRestResolver, name: str) -> str | None:
    """A header of the request whose value is a list; it may have been sent in several lines."""
    lines = app.current_event.multi_value_headers.get(name)
    return ", ".join(lines) if lines else header(app, name)


def required_header(app: APIGatewayRestResolver, name: str) -> str:
    """A header that the call needs.

    Raises:
        InvalidRequest: it is missing.
    """
    value = header(app, name)
    if not value:
        raise InvalidRequest([FieldError(name, "is a header that this call needs")])
    return value


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _json(content: Any) -> str:
    """JSON as people read it; escaped if it repeats half a character, which only an escape can carry."""
    text = json.dumps(content, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(content)
    return text


def _response(status: HTTPStatus, content_type: str, content: Any, headers: Mapping[str, str] | None) -> Response[str]:
    return Response(
        status_code=status,
        content_type=content_type,
        body=_json(content),
        headers=dict(headers or {}),
    )
