"""The message that `make up` prints at the end: URLs, a sign-in, and calls to paste."""

import json
import shlex

from tools.local.settings import DEFAULT_PORT, LocalSettings
from tools.local.stack import Stack

ORDER = {"lines": [{"product_id": "KIT-0001", "quantity": 1}], "hold_seconds": 900}


def startup_message(stack: Stack, settings: LocalSettings) -> str:
    """The URLs, the sign-ins, and one call for each kind of caller."""
    urls = {name: value for name, value in stack.outputs.items() if value.startswith("http")}
    urls["Reference"] = f"{stack.outputs['AdminUiUrl']}/reference/"
    prefix = _prefix(settings)
    return "\n".join(
        [
            "",
            "The local AWS is running.",
            *(f"  {name:<12} {url}" for name, url in {"AWS endpoint": stack.endpoint_url, **urls}.items()),
            f"  {'Details':<12} {settings.directory / 'stack.json'}",
            *_sign_ins(stack),
            "",
            "Load the sample catalogue:",
            f"  {prefix}make load",
            "",
            *_calls(stack, prefix),
            f"Stop it: {prefix}make down",
        ]
    )


def _sign_ins(stack: Stack) -> list[str]:
    users = {"admin": stack.admin, "viewer": stack.viewer}
    return [f"  Sign in as   {user.username}  {user.password}" for user in users.values() if user]


def _calls(stack: Stack, prefix: str) -> list[str]:
    url = stack.outputs["ApiUrl"]
    checkout = f"{stack.checkout.access_key_id}:{stack.checkout.secret_access_key}"
    calls = {
        "As a storefront": f"curl -H 'x-api-key: {stack.storefront_api_key}' {url}/inventory/KIT-0001",
        "As the checkout service": (
            f"curl --user {checkout} --aws-sigv4 aws:amz:{stack.region}:execute-api "
            f"-H 'Content-Type: application/json' -H 'Idempotency-Key: order-1' "
            f"--data {shlex.quote(json.dumps(ORDER))} {url}/reservations"
        ),
        "As an administrator": (f'curl -H "Authorization: $({prefix}make token)" {url}/admin/reservations/order-1'),
    }
    return [line for caller, call in calls.items() for line in (f"{caller}:", f"  {call}", "")]


def _prefix(settings: LocalSettings) -> str:
    return "" if settings.port == DEFAULT_PORT else f"LOCAL_PORT={settings.port} "
