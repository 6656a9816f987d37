"""Lets EventBridge invoke functions asynchronously, through Lambda's queue, as on AWS.

ministack calls the function directly and only once, so a failed event is lost. Through the queue the event is retried,
and finally goes to the destination in the function's configuration.
"""

import json
from typing import Any

from ministack.services import eventbridge, lambda_svc


def install() -> None:
    """Patch ministack so that EventBridge rules and schedules invoke functions asynchronously."""
    eventbridge._dispatch_to_lambda = _invoke


def _invoke(function_arn: str, payload: str) -> None:
    function, config, name = lambda_svc._get_func_record_for_ref(function_arn)
    if not function or not config:
        raise LookupError(f"there is no function {name}")
    record = lambda_svc._execution_record_for_config(function, config)
    lambda_svc.invoke_async_with_retry(
        record | {"event_invoke_config": _invoke_config(function_arn)}, json.loads(payload)
    )


def _invoke_config(function_arn: str) -> dict[str, Any] | None:
    """The retries and the failure destination of a function or an alias; the record of a version lacks them."""
    function, _, _ = lambda_svc._get_base_func_record_for_ref(function_arn)
    _, qualifier = lambda_svc._lambda_function_name_and_qualifier_from_arn(function_arn)
    config: dict[str, Any] | None = lambda_svc._event_invoke_config(function, qualifier)
    return config
