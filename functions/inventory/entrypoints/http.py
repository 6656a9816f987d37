"""HTTP answers: JSON, and problems as RFC 9457 describes them, with a stable code for programs."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext

from inventory.errors import (
    AdjustmentConflict,
    AlreadyDecided,
    BelowReserved,
    ExportTooLarge,
    FieldError,
    ImportConflict,
    ImportNotFound,
    ImportTooLarge,
    InvalidRequest,
    InventoryError,
    LevelNotFound,
    ProductNotFound,
    ReservationConflict,
    ReservationNotFound,
    TransientError,
    VersionConflict,
)
from inventory.observability import logger

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"

# Every error that a caller may see, its status and its code; those that say the same share a line.
STATUSES: dict[type[InventoryError], tuple[HTTPStatus, str]] = {
    InvalidRequest: (HTTPStatus.BAD_REQUEST, "VALIDATION_FAILED"),
    ReservationNotFound: (HTTPStatus.NOT_FOUND, "RESERVATION_NOT_FOUND"),
    ProductNotFound: (HTTPStatus.NOT_FOUND, "PRODUCT_NOT_FOUND"),
    LevelNotFound: (HTTPStatus.NOT_FOUND, "LEVEL_NOT_FOUND"),
    ImportNotFound: (HTTPStatus.NOT_FOUND, "IMPORT_NOT_FOUND"),
    ReservationConflict: (HTTPStatus.CONFLICT, "IDEMPOTENCY_CONFLICT"),
    AdjustmentConflict: (HTTPStatus.CONFLICT, "IDEMPOTENCY_CONFLICT"),
    ImportConflict: (HTTPStatus.CONFLICT, "IDEMPOTENCY_CONFLICT"),
    VersionConflict: (HTTPStatus.CONFLICT, "VERSION_CONFLICT"),
    AlreadyDecided: (HTTPStatus.CONFLICT, "ALREADY_DECIDED"),
    BelowReserved: (HTTPStatus.CONFLICT, "BELOW_RESERVED"),
    ImportTooLarge: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "IMPORT_TOO_LARGE"),
    ExportTooLarge: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "EXPORT_TOO_LARGE"),
    TransientError: (HTTPStatus.SERVICE_UNAVAILABLE, "BUSY"),
}


class Problem(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, status: HTTPStatus, code: str, detail: str, members: Mapping[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.members = members or {}


def answer(content: Any, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Response[str]:
    """A JSON answer."""
    return _response(status, JSON, content, headers)


def problem(status: HTTPStatus, code: str, detail: str, members: Mapping[str, Any] | None = None) -> Response[str]:
    """A problem: `status`, `title`, `detail`, `code`, and what else helps."""
    content = {"status": status, "title": status.phrase, "detail": detail, "code": code, **(members or {})}
    retry = {"Retry-After": "1"} if status is HTTPStatus.SERVICE_UNAVAILABLE else None
    return _response(status, PROBLEM_JSON, content, retry)


def file(text: str, content_type: str, name: str) -> Response[str]:
    """An answer that a browser saves as a file."""
    return Response(
        status_code=HTTPStatus.OK,
        content_type=f"{content_type}; charset=utf-8",
        body=text,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# Said with every answer. A browser never reads the API as anything but what it is, nor over anything but TLS.
HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
# What a page of the allowed origin may read beside the body.
EXPOSED_HEADERS = "ETag, Location, Retry-After, Content-Disposition"


def serve(
    app: APIGatewayRestResolver, event: dict[str, Any], context: LambdaContext, *, allowed_origin: str | None = None
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
    """The path with its parameters escaped: the router takes few characters, and what is wrong with an id we tell."""
    parameters = event.get("pathParameters") or {}
    escaped = {name: quote(value, safe=":") for name, value in parameters.items()}
    path: str = event["resource"].format(**escaped) if escaped else event["path"]
    return path


def resolver() -> APIGatewayRestResolver:
    """A router whose errors are problems."""
    app = APIGatewayRestResolver()
    app.exception_handler(Problem)(_problem_response)
    app.exception_handler(InventoryError)(_error_response)
    app.exception_handler(NotFoundError)(_unknown_route_response)
    return app


def _problem_response(error: Problem) -> Response[str]:
    return problem(error.status, error.code, error.detail, error.members)


def _error_response(error: InventoryError) -> Response[str]:
    for kind, (status, code) in STATUSES.items():
        if isinstance(error, kind):
            return problem(status, code, str(error), _members(error))
    raise error


def _members(error: InventoryError) -> dict[str, Any]:
    """What a problem says beside its sentence."""
    match error:
        case InvalidRequest():
            return {"errors": _fields(error.errors)}
        case VersionConflict():
            return {"current": error.current.to_json() if error.current else None}
    return {}


def _unknown_route_response(error: NotFoundError) -> Response[str]:
    return problem(HTTPStatus.NOT_FOUND, "ROUTE_NOT_FOUND", "there is no such resource")


def body_of(app: APIGatewayRestResolver) -> Any:
    """The request's body, decoded.

    Raises:
        Problem: it is not JSON.
    """
    try:
        return json.loads(app.current_event.decoded_body or "null", parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "MALFORMED_JSON", "the body is not JSON") from error


def header(app: APIGatewayRestResolver, name: str) -> str | None:
    """A header of the request, whatever the case of its name."""
    return app.current_event.headers.get(name)


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


def _fields(errors: list[FieldError]) -> list[dict[str, str]]:
    return [{"field": error.field, "message": error.message} for error in errors]


def _response(status: HTTPStatus, content_type: str, content: Any, headers: Mapping[str, str] | None) -> Response[str]:
    if status >= HTTPStatus.BAD_REQUEST:  # the gateway's access log has the rest
        logger.info("refused", status=int(status), code=content["code"])
    return Response(
        status_code=status,
        content_type=content_type,
        body=json.dumps(content, ensure_ascii=False),
        headers=dict(headers or {}),
    )
