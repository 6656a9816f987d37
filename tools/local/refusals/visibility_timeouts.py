"""Refuses a queue as event source whose visibility timeout is shorter than the function's timeout, as Lambda does.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
The message: https://github.com/mongodb/docs-worker-pool/pull/878
"""

from collections.abc import Mapping
from typing import Any

DEFAULT_TIMEOUT_SECONDS = 3
DEFAULT_VISIBILITY_SECONDS = 30


def timeout_error(visibility_seconds: int, function_seconds: int) -> str | None:
    """The message of Lambda if a message would be visible again while the function still runs."""
    if visibility_seconds >= function_seconds:
        return None
    return (
        f"Invalid request provided: Queue visibility timeout: {visibility_seconds} seconds is less than Function "
        f"timeout: {function_seconds} seconds (Service: Lambda, Status Code: 400)"
    )


def install() -> None:
    """Patch ministack's CloudFormation: such a mapping fails."""
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
    create = handlers["create"]

    def create_checked(logical_id: str, properties: Mapping[str, Any], stack_name: str) -> Any:
        if error := _mapping_error(properties):
            raise ValueError(error)
        return create(logical_id, properties, stack_name)

    handlers["create"] = create_checked


def _mapping_error(properties: Mapping[str, Any]) -> str | None:
    from ministack.services import lambda_svc, sqs

    queue = sqs._queue_by_arn(properties.get("EventSourceArn", ""))
    name, qualifier = lambda_svc._resolve_name_and_qualifier(properties.get("FunctionName", ""))
    _, config = lambda_svc._get_func_record_for_qualifier(name, qualifier)
    if queue is None or config is None:
        return None
    visibility = int(queue["attributes"].get("VisibilityTimeout", DEFAULT_VISIBILITY_SECONDS))
    return timeout_error(visibility, int(config.get("Timeout") or DEFAULT_TIMEOUT_SECONDS))
