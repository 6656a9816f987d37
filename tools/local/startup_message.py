"""The message that `make up` prints at the end: URLs, sign-ins with their rights, and calls to paste."""

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from tools.local.settings import DEFAULT_PORT, LocalSettings
from tools.local.stack import Credentials, Stack

ORDER = {"lines": [{"product_id": "KIT-0001", "quantity": 1}], "hold_seconds": 900}
PAID = {"outcome": "SUCCEEDED"}
BY_HTTP, BY_EXECUTION = "order-1", "order-2"
MANAGER = "sees everything, changes stock, imports files, releases holds and records refunds"
VIEWER = "sees everything and changes nothing"


def startup_message(stack: Stack, settings: LocalSettings) -> str:
    """The URLs, the sign-ins, and calls of each kind of caller."""
    urls = {name: value for name, value in stack.outputs.items() if value.startswith("http")}
    if page := urls.get("AdminUiUrl"):
        urls["Reference"] = f"{page}/reference/"
    prefix = make_prefix(settings.port)
    return "\n".join(
        [
            "",
            "The local AWS is running.",
            *(f"  {name:<12} {url}" for name, url in {"AWS endpoint": stack.endpoint_url, **urls}.items()),
            f"  {'Details':<12} {settings.directory / 'stack.json'}",
            "",
            *_sign_ins(stack),
            "Load the sample catalogue, which the calls below need:",
            f"  {prefix}make load",
            "",
            *(
                line
                for caller, calls in _calls(stack, prefix)
                for line in (caller, *(f"  {call}" for call in calls), "")
            ),
            f"Stop it: {prefix}make down",
        ]
    )


def _sign_ins(stack: Stack) -> list[str]:
    users = ((stack.admin, MANAGER), (stack.viewer, VIEWER))
    lines = [f"  {user.username:<8} {user.password}   {rights}" for user, rights in users if user]
    return ["Sign in to the admin page:", *lines, ""] if lines else []


def _calls(stack: Stack, prefix: str) -> Iterator[tuple[str, list[str]]]:
    """The calls, each complete: one line can be pasted without the others, in the shell of any caller."""
    url = stack.outputs["ApiUrl"]
    yield (
        "As a storefront, ask what is available:",
        [f"curl -H 'x-api-key: {stack.storefront_api_key}' {url}/inventory/KIT-0001"],
    )
    yield (
        "As the checkout service, hold a unit and pay for it, over HTTP:",
        [
            _signed_post(stack, f"{url}/reservations", ORDER, f"-H 'Idempotency-Key: {BY_HTTP}' "),
            _signed_post(stack, f"{url}/reservations/{BY_HTTP}/payment", PAID | {"payment_reference": "pay-1"}),
        ],
    )
    yield (
        "The same with the AWS CLI: start an execution, and report the payment when it holds the unit:",
        [_start_execution(stack), _invoke_payment(stack)],
    )
    yield (
        "As an administrator, see what became of both orders (in this folder; USER=viewer may, too):",
        [
            f'curl -H "Authorization: $({prefix}make token)" {url}/admin/reservations/{order}'
            for order in (BY_HTTP, BY_EXECUTION)
        ],
    )


def _signed_post(stack: Stack, url: str, body: Mapping[str, Any], headers: str = "") -> str:
    """A call of the checkout service with curl."""
    user = f"{stack.checkout.access_key_id}:{stack.checkout.secret_access_key}"
    return (
        f"curl --user {user} --aws-sigv4 aws:amz:{stack.region}:execute-api "
        f"-H 'Content-Type: application/json' {headers}--data {_json(body)} {url}"
    )


def _start_execution(stack: Stack) -> str:
    return (
        f"{_aws(stack, stack.checkout)} stepfunctions start-execution --name {BY_EXECUTION} "
        f"--state-machine-arn {stack.outputs['ReservationStateMachineArn']} --input {_json(ORDER)}"
    )


def _invoke_payment(stack: Stack) -> str:
    """The payment comes from a file of bytes: versions 1 and 2 of the AWS CLI read a text differently."""
    payment = {"reservation_id": BY_EXECUTION} | PAID | {"payment_reference": "pay-2"}
    return (
        f"echo {_json(payment)} | {_aws(stack, stack.checkout)} lambda invoke --payload fileb:///dev/stdin "
        f"--function-name {stack.outputs['RecordPaymentFunctionName']} /dev/stdout"
    )


def _aws(stack: Stack, signer: Credentials) -> str:
    """The AWS CLI with these credentials, whatever account its caller uses, and without a pager."""
    return (
        "env -u AWS_PROFILE -u AWS_DEFAULT_PROFILE -u AWS_SESSION_TOKEN AWS_PAGER= "
        f"AWS_ACCESS_KEY_ID={signer.access_key_id} AWS_SECRET_ACCESS_KEY={signer.secret_access_key} "
        f"aws --endpoint-url {stack.endpoint_url} --region {stack.region}"
    )


def _json(content: object) -> str:
    return shlex.quote(json.dumps(content))


def make_prefix(port: int) -> str:
    """What is before `make` in a command for the local AWS at this port."""
    return "" if port == DEFAULT_PORT else f"LOCAL_PORT={port} "
