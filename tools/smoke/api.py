"""Points about API Gateway: the API's name, headers in lower case, its own error messages, a slash in a path."""

import json
import re
from typing import Any

from inventory_client.authentication import sigv4
from inventory_client.transport import Request

from tools.deployed_stack import DeployedStack
from tools.smoke.errors import NotOnLocalAws, Unexpected
from tools.smoke.probe import PRODUCT_ID, WAREHOUSE_ID, Probe
from tools.smoke.raw_http import HTTP_2, RawRequest, RawResponse, send
from tools.smoke.steps import Point

API_ID = re.compile(r"//(?P<host>[a-z0-9]+)\.execute-api\.|/_aws/execute-api/(?P<path>[a-z0-9]+)/")
ID_WITH_SLASH = "SMOKE%2FPROBE"


def api_points(stack: DeployedStack, probe: Probe) -> list[Point]:
    """The points of this file."""
    return [
        Point(
            "read the API's name",
            lambda: api_name(stack),
            'Let info.title in api/openapi.yaml be the stack\'s name: { Fn::Sub: "${AWS::StackName}" }; the caller '
            "needs apigateway:GET.",
        ),
        Point(
            "hold a unit with a header in lower case",
            lambda: lower_case_header(stack, probe),
            "Read Idempotency-Key without regard to case in functions/checkout_api.py.",
        ),
        Point(
            "send content that API Gateway refuses",
            lambda: refused_content(stack),
            "In api/openapi.yaml, leave validationErrorString out of the gateway response BAD_REQUEST_BODY: its quotes "
            "are not escaped.",
        ),
        Point(
            "read a product whose id has a slash",
            lambda: slash_in_path(stack, probe),
            "Read such products by GET /inventory?product_id=… instead.",
        ),
    ]


def api_name(stack: DeployedStack) -> str:
    """The API still has the name of its stack; each import of the document may rename it."""
    found = API_ID.search(stack.output("ApiUrl"))
    if found is None:
        raise Unexpected(f"the output ApiUrl has no id of an API: {stack.output('ApiUrl')}")
    name: str = stack.client("apigateway").get_rest_api(restApiId=found["host"] or found["path"])["name"]
    if name != stack.name:
        raise Unexpected(f"it is {name}, not {stack.name}, the name of the stack")
    return name


def lower_case_header(stack: DeployedStack, probe: Probe) -> str:
    """HTTP/2 sends `idempotency-key`, and the function must find it."""
    key = probe.new_reservation_id("lower-case")
    content = {"lines": [{"product_id": PRODUCT_ID, "quantity": 1, "warehouse_id": WAREHOUSE_ID}], "hold_seconds": 60}
    response = _post_reservation(stack, content, {"idempotency-key": key})
    answer = _json(response)
    if response.status not in (201, 202) or answer.get("reservation_id") != key:
        raise Unexpected(f"over {response.protocol} the API answers {response.status} {_shortened(response.body)}")
    probe.await_held(key)  # its decision may take longer than the API waits
    probe.cancel(key)
    return response.protocol if response.protocol == HTTP_2 else f"{response.protocol}: the API does not speak HTTP/2"


def refused_content(stack: DeployedStack) -> str:
    """API Gateway's message quotes the types that it allows, and must still be JSON."""
    response = _post_reservation(stack, {"lines": "none"}, {"idempotency-key": "smoke-refused"})
    answer = _json(response)
    if response.status != 400 or answer.get("code") != "VALIDATION_FAILED":
        raise Unexpected(f"the API answers {response.status} {_shortened(response.body)}")
    message = next((error["message"] for error in answer["errors"] if error["field"] == "(content)"), None)
    if message is None and not stack.is_on_aws:
        raise NotOnLocalAws("API Gateway's validators; the function refused it")
    if message is None:
        raise Unexpected("API Gateway did not validate it, the function did")
    return _shortened(message.encode())


def slash_in_path(stack: DeployedStack, probe: Probe) -> str:
    """What becomes of `%2F` in a path. It is reported: until now no product's id may have a slash."""
    url = f"{stack.output('ApiUrl')}/inventory/{ID_WITH_SLASH}"
    response = send(RawRequest("GET", url, {"x-api-key": probe.storefront_key}))
    if response.status >= 500:
        raise Unexpected(f"the API answers {response.status} {_shortened(response.body)}")
    answer = _json(response)
    if answer.get("errors"):
        return f"the id reaches the function, which refuses it ({response.status})"
    if response.status == 403:
        return "API Gateway decodes it and finds no route (403)"
    return f"the answer is {response.status} {answer.get('code') or answer.get('message') or ''}".rstrip()


def _post_reservation(stack: DeployedStack, content: Any, headers: dict[str, str]) -> RawResponse:
    url = f"{stack.output('ApiUrl')}/reservations"
    request = Request("POST", url, {"content-type": "application/json", **headers}, json.dumps(content))
    sigv4(stack.session, None)(request)
    return send(RawRequest(request.method, url, request.headers, (request.body or "").encode()))


def _json(response: RawResponse) -> dict[str, Any]:
    try:
        content = json.loads(response.body)
    except ValueError as error:
        raise Unexpected(f"the answer is not JSON: {response.status} {_shortened(response.body)}") from error
    return content if isinstance(content, dict) else {}


def _shortened(text: bytes) -> str:
    shown = " ".join(text.decode(errors="replace").split())
    return shown if len(shown) <= 120 else f"{shown[:120]} …"
