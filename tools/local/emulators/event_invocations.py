"""EventBridge hands what it has for a function to Lambda's queue, as on AWS.

ministack runs the function itself, once: what fails there is gone. Through the queue it is tried again, and ends where the
function's configuration says.
"""

import json
from typing import Any

from ministack.services import eventbridge, lambda_svc


def install() -> None:
    """Let ministack's EventBridge and its schedules invoke asynchronously."""
    eventbridge._dispatch_to_lambda = _invoke


def _invoke(function_arn: str, payload: str) -> None:
    function, config, name = lambda_svc._get_func_record_for_ref(function_arn)
    if not function or not config:
        raise LookupError(f"there is no function {name}")
    record = lambda_svc._execution_record_for_config(function, config)
    lambda_svc.invoke_async_with_retry(record | {"event_invoke_config": _how(function_arn)}, json.loads(payload))


def _how(function_arn: str) -> dict[str, Any] | None:
    """How often an alias or a function is tried, and where its failures go: an alias's version does not say it."""
    function, _, _ = lambda_svc._get_base_func_record_for_ref(function_arn)
    _, qualifier = lambda_svc._lambda_function_name_and_qualifier_from_arn(function_arn)
    how: dict[str, Any] | None = lambda_svc._event_invoke_config(function, qualifier)
    return how
