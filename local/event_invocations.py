"""EventBridge hands what it has for a function to Lambda's queue, as on AWS.

ministack runs the function itself, once: what fails there is gone. Through the queue it is tried again, and ends where the
function's configuration says.
"""

import json

from ministack.services import eventbridge, lambda_svc


def install() -> None:
    """Let ministack's EventBridge and its schedules invoke asynchronously."""
    eventbridge._dispatch_to_lambda = _invoke


def _invoke(function_arn: str, payload: str) -> None:
    function, config, name = lambda_svc._get_func_record_for_ref(function_arn)
    if not function or not config:
        raise LookupError(f"there is no function {name}")
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(function, config), json.loads(payload))
