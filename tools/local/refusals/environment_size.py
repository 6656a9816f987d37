"""Refuses functions whose environment variables exceed 4 KB, as Lambda does.

The limit: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
The message, which also shows that the variables are measured as JSON:
https://github.com/github-aws-runners/terraform-aws-github-runner/issues/3594
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from tools.local.emulators.handlers import Handler, Response

BYTES_MAX = 4096
FUNCTIONS_PATH = re.compile(r"/2015-03-31/functions(/[^/]+/configuration)?/?")


def environment_error(variables: Mapping[str, Any]) -> str | None:
    """The message of Lambda if the variables exceed the limit."""
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) <= BYTES_MAX:
        return None
    return (
        "Lambda was unable to configure your environment variables because the environment variables you have provided "
        f"exceeded the 4KB limit. String measured: {measured}"
    )


def limit_environment(handler: Handler) -> Handler:
    """Wrap ministack's Lambda: refuse such a function when it is created or configured."""
    from ministack.core.responses import error_response_json

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: Mapping[str, Any]
    ) -> Response:
        configures = method in {"POST", "PUT"} and FUNCTIONS_PATH.fullmatch(path)
        if configures and (error := environment_error(_variables(_configuration(body)))):
            response: Response = error_response_json("InvalidParameterValueException", error, 400)
            return response
        return await handler(method, path, headers, body, query_params)

    return handle


def limit_environment_in_stacks() -> None:
    """Patch ministack's CloudFormation: such a function fails."""
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    create, update = handlers["create"], handlers["update"]

    def create_limited(logical_id: str, properties: Mapping[str, Any], *others: Any, **options: Any) -> Any:
        _check(properties)
        return create(logical_id, properties, *others, **options)

    def update_limited(physical_id: str, old: Any, new: Mapping[str, Any], *others: Any, **options: Any) -> Any:
        _check(new)
        return update(physical_id, old, new, *others, **options)

    handlers.update(create=create_limited, update=update_limited)


def _check(properties: Mapping[str, Any]) -> None:
    if error := environment_error(_variables(properties)):
        raise ValueError(error)


def _configuration(body: bytes) -> Mapping[str, Any]:
    """The request of a call; empty if it is no JSON object, which ministack refuses."""
    try:
        content = json.loads(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _variables(configuration: Mapping[str, Any]) -> Mapping[str, Any]:
    variables: Mapping[str, Any] = (configuration.get("Environment") or {}).get("Variables") or {}
    return variables
