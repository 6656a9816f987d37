"""What `up` says in the end: where everything is, and calls to paste."""

import json
import shlex

from local.settings import DEFAULT_PORT, LocalSettings
from local.stack import Stack

ORDER = {"lines": [{"product_id": "P-1", "quantity": 1}], "hold_seconds": 900}


def welcome(stack: Stack, settings: LocalSettings) -> str:
    """The URLs, and a checkout's three calls ready to paste."""
    urls = {name: value for name, value in stack.outputs.items() if value.startswith("http")}
    return "\n".join(
        [
            "",
            "The local AWS is running.",
            *(f"  {name:<12} {url}" for name, url in {"AWS endpoint": stack.endpoint_url, **urls}.items()),
            f"  {'Everything':<12} {settings.directory / 'stack.json'}",
            "",
            "As the checkout service:",
            *(f"  {line}" for line in _credentials(stack)),
            "",
            *(f"  {call}\n" for call in _calls(stack)),
            f"Stop it: {_prefix(settings)}make down",
        ]
    )


def _credentials(stack: Stack) -> list[str]:
    return [
        f"export AWS_ENDPOINT_URL={stack.endpoint_url} AWS_DEFAULT_REGION={stack.region}",
        f"export AWS_ACCESS_KEY_ID={stack.checkout.access_key_id}",
        f"export AWS_SECRET_ACCESS_KEY={stack.checkout.secret_access_key}",
    ]


def _calls(stack: Stack) -> list[str]:
    machine = stack.outputs["ReservationStateMachineArn"]
    execution = machine.replace(":stateMachine:", ":execution:") + ":order-1"
    payment = {"reservation_id": "order-1", "outcome": "SUCCEEDED", "payment_reference": "pay-1"}
    start = f"aws stepfunctions start-execution --name order-1 --state-machine-arn {machine}"
    calls = [
        f"{start} --input {shlex.quote(json.dumps(ORDER))}",
        f"aws stepfunctions describe-execution --execution-arn {execution}",
    ]
    if function := stack.outputs.get("RecordPaymentFunctionName"):
        calls.append(
            f"aws lambda invoke --function-name {function} --cli-binary-format raw-in-base64-out "
            f"--payload {shlex.quote(json.dumps(payment))} /dev/stdout"
        )
    return calls


def _prefix(settings: LocalSettings) -> str:
    return "" if settings.port == DEFAULT_PORT else f"LOCAL_PORT={settings.port} "
