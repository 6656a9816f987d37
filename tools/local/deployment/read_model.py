"""Builds the administrators' read model of the local AWS at once: by itself it begins within a minute."""

import json

from tools.local.errors import LocalAwsError
from tools.local.stack import Stack


def build_read_model(stack: Stack) -> None:
    """Let the first run build it.

    Raises:
        LocalAwsError: the function failed.
    """
    name = stack.outputs["MergeReadModelFunctionName"]
    answer = stack.client("lambda").invoke(FunctionName=name, Payload=json.dumps({"merge": True}))
    content = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise LocalAwsError(f"MergeReadModel failed: {content}")
