"""The points of `make smoke` about API Gateway, on an API that answers as a test lets it."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tools.deployed_stack import DeployedStack
from tools.smoke.api import api_points
from tools.smoke.raw_http import HTTP_1, RawRequest, send
from tools.smoke.steps import Report

NAME = "read the API's name"
LOWER_CASE = "hold a unit with a header in lower case"
REFUSED = "send content that API Gateway refuses"
SLASH = "read a product whose id has a slash"

HELD = '{"reservation_id": "run-lower-case", "status": "HELD"}'
GATEWAY = json.dumps(
    {
        "status": 400,
        "code": "VALIDATION_FAILED",
        "errors": [{"field": "(content)", "message": "instance type (string) does not match"}],
    }
)
FUNCTION = json.dumps({"code": "VALIDATION_FAILED", "errors": [{"field": "lines", "message": "must be a list"}]})


@dataclass
class Api:
    """An HTTP/1.1 server: its answer, and the requests that it got."""

    url: str = ""
    status: int = 200
    body: str = "{}"
    requests: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)

    def answers(self, status: int, body: str) -> None:
        """What it answers from now on."""
        self.status, self.body = status, body


@pytest.fixture
def api() -> Iterator[Api]:
    """An API that answers every request in the same way."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            api.requests.append((self.command, self.path, dict(self.headers.items()), content))
            self.send_response(api.status)
            self.send_header("Content-Length", str(len(api.body.encode())))
            self.end_headers()
            self.wfile.write(api.body.encode())

        do_GET = do_POST = _answer

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.url = f"http://127.0.0.1:{server.server_port}/_aws/execute-api/abc123/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield api
    server.shutdown()
    thread.join()
    server.server_close()


class Smoke:
    """Looks at points of an API."""

    def __init__(self, url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self._url = url
        self._capsys = capsys
        self.cancelled: list[str] = []

    def look_at(self, name: str, *, is_on_aws: bool = True, apigateway: Any = None) -> tuple[str, str]:
        """The line and the error message of a point."""
        session = boto3.Session("id", "secret", region_name="eu-central-1")
        stack = DeployedStack(lambda service: apigateway, session, {"ApiUrl": self._url}, "inventory", is_on_aws)
        probe: Any = SimpleNamespace(
            new_reservation_id=lambda label: f"run-{label}",
            await_held=lambda reservation_id: None,
            cancel=self.cancelled.append,
            storefront_key="key",
        )
        report = Report()
        report.look_at([point for point in api_points(stack, probe) if point.name == name])
        printed = self._capsys.readouterr()
        assert printed.out.count(name) == 1
        return printed.out.strip(), printed.err.strip()


@pytest.fixture
def smoke(api: Api, capsys: pytest.CaptureFixture[str]) -> Smoke:
    """Points of the API."""
    return Smoke(api.url, capsys)


def named(name: str) -> Any:
    """A client of API Gateway whose only API has a name."""

    def get_rest_api(restApiId: str) -> dict[str, str]:
        assert restApiId == "abc123"
        return {"name": name}

    return SimpleNamespace(get_rest_api=get_rest_api)


# --- the name


def test_the_name_of_the_api_is_that_of_the_stack(smoke: Smoke) -> None:
    line, error = smoke.look_at(NAME, apigateway=named("inventory"))

    assert line.startswith(f"{NAME} … inventory; ") and not error


def test_an_api_that_was_renamed_fails(smoke: Smoke) -> None:
    _, error = smoke.look_at(NAME, apigateway=named("Inventory API"))

    assert error.startswith(f"Failed: {NAME}: it is Inventory API, not inventory, the name of the stack.")
    assert "Let info.title in api/openapi.yaml be the stack's name" in error


def test_the_id_of_the_api_is_found_in_its_url_on_aws(capsys: pytest.CaptureFixture[str]) -> None:
    smoke = Smoke("https://abc123.execute-api.eu-central-1.amazonaws.com/v1", capsys)

    _, error = smoke.look_at(NAME, apigateway=named("inventory"))

    assert not error


def test_the_name_is_read_only_with_permission(smoke: Smoke) -> None:
    def denied(restApiId: str) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetRestApi")

    _, error = smoke.look_at(NAME, apigateway=SimpleNamespace(get_rest_api=denied))

    assert "the caller has no permission" in error and error.endswith("the caller needs apigateway:GET.")


# --- the header


def test_the_header_is_sent_in_lower_case_and_the_hold_is_cancelled(smoke: Smoke, api: Api) -> None:
    api.answers(201, HELD)

    line, error = smoke.look_at(LOWER_CASE)

    assert f"{HTTP_1}: the API does not speak HTTP/2" in line and not error
    [(method, path, headers, content)] = api.requests
    assert (method, path) == ("POST", "/_aws/execute-api/abc123/v1/reservations")
    assert headers["idempotency-key"] == "run-lower-case"
    assert "Authorization" in headers, "it is signed"
    assert json.loads(content)["lines"][0]["quantity"] == 1
    assert smoke.cancelled == ["run-lower-case"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, '{"code": "VALIDATION_FAILED", "errors": [{"field": "Idempotency-Key", "message": "is required"}]}'),
        (201, '{"reservation_id": "another"}'),
        (403, '{"message": "Forbidden"}'),
    ],
)
def test_a_header_that_is_not_found_fails(smoke: Smoke, api: Api, status: int, body: str) -> None:
    api.answers(status, body)

    _, error = smoke.look_at(LOWER_CASE)

    assert error.startswith(f"Failed: {LOWER_CASE}: over {HTTP_1} the API answers {status} ")
    assert error.endswith("Read Idempotency-Key without regard to case in functions/checkout_api.py.")


# --- quotes in API Gateway's message


def test_the_message_of_api_gateway_is_json(smoke: Smoke, api: Api) -> None:
    api.answers(400, GATEWAY)

    line, error = smoke.look_at(REFUSED)

    assert "instance type (string) does not match" in line and not error


def test_quotes_that_are_not_escaped_fail(smoke: Smoke, api: Api) -> None:
    api.answers(400, GATEWAY.replace("(string)", '("string")'))

    _, error = smoke.look_at(REFUSED)

    assert error.startswith(f"Failed: {REFUSED}: the answer is not JSON: 400 ")
    assert "leave validationErrorString out of the gateway response BAD_REQUEST_BODY" in error


def test_content_that_only_the_function_refuses_fails_on_aws(smoke: Smoke, api: Api) -> None:
    api.answers(400, FUNCTION)

    _, error = smoke.look_at(REFUSED)

    assert "API Gateway did not validate it, the function did" in error


def test_the_local_aws_has_no_validators(smoke: Smoke, api: Api) -> None:
    api.answers(400, FUNCTION)

    line, error = smoke.look_at(REFUSED, is_on_aws=False)

    assert "not on the local AWS: API Gateway's validators" in line and not error


def test_content_that_is_accepted_fails(smoke: Smoke, api: Api) -> None:
    api.answers(201, HELD)

    _, error = smoke.look_at(REFUSED)

    assert "the API answers 201" in error


# --- a slash in a path


@pytest.mark.parametrize(
    ("status", "body", "remark"),
    [
        (400, FUNCTION, "the id reaches the function, which refuses it (400)"),
        (403, '{"message": "Missing Authentication Token"}', "API Gateway decodes it and finds no route (403)"),
        (404, '{"code": "PRODUCT_NOT_FOUND"}', "the answer is 404 PRODUCT_NOT_FOUND"),
        (200, "{}", "the answer is 200"),
    ],
)
def test_what_becomes_of_a_slash_is_reported(smoke: Smoke, api: Api, status: int, body: str, remark: str) -> None:
    api.answers(status, body)

    line, error = smoke.look_at(SLASH)

    assert line.startswith(f"{SLASH} … {remark}; ") and not error
    [(_, path, headers, _)] = api.requests
    assert path.endswith("/v1/inventory/SMOKE%2FPROBE"), "it is sent as it is"
    assert headers["x-api-key"] == "key"


def test_a_slash_that_breaks_the_api_fails(smoke: Smoke, api: Api) -> None:
    api.answers(502, '{"message": "Internal server error"}')

    _, error = smoke.look_at(SLASH)

    assert error.startswith(f"Failed: {SLASH}: the API answers 502 ")


# --- the client


def test_an_api_that_does_not_answer_fails(smoke: Smoke, capsys: pytest.CaptureFixture[str]) -> None:
    closed = Smoke("http://127.0.0.1:9/_aws/execute-api/abc123/v1", capsys)

    _, error = closed.look_at(SLASH)

    assert error.startswith(f"Failed: {SLASH}: ")


def test_a_server_without_http_2_is_called_again_over_http_1(api: Api) -> None:
    api.answers(200, '{"ok": true}')

    response = send(RawRequest("POST", f"{api.url}/a%2Fb?c=d", {"x-test": "1"}, b"content"))

    assert (response.protocol, response.status, response.body) == (HTTP_1, 200, b'{"ok": true}')
    [(method, path, _, content)] = api.requests
    assert (method, path, content) == ("POST", "/_aws/execute-api/abc123/v1/a%2Fb?c=d", "content")
