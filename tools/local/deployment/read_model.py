"""Builds the administrators' read model of the local AWS at once: by itself it begins within a minute, and merges within ten."""

import json
import time
from datetime import UTC, datetime

from inventory.aws.dynamodb import Tables
from inventory.read_model.entries import Kind
from inventory.read_model.manifest import ManifestStore
from tools.local.errors import LocalAwsError
from tools.local.stack import Stack

FOLLOWED_WITHIN_SECONDS = 30
PAUSE_SECONDS = 0.2


def build_read_model(stack: Stack) -> None:
    """Let the first run build it.

    Raises:
        LocalAwsError: the function failed.
    """
    answer = stack.client("lambda").invoke(
        FunctionName=stack.outputs["MergeReadModelFunctionName"], Payload=json.dumps({"merge": True})
    )
    content = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise LocalAwsError(f"MergeReadModel failed: {content}")


def merge_what_was_written(stack: Stack, tables: Tables) -> None:
    """Wait until all that was written before is followed, and merge it.

    The function writes a heartbeat, whose record comes behind all others. After half a minute it merges what there is: the rest
    is merged later.

    Raises:
        LocalAwsError: the function failed.
    """
    written = datetime.now(UTC)
    manifests = ManifestStore(stack.client("dynamodb"), tables)
    build_read_model(stack)
    deadline = time.monotonic() + FOLLOWED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        followed = manifests.progress().get(Kind.LEVELS)
        if followed and followed >= written.replace(microsecond=0):  # a record has the second of its write
            break
        time.sleep(PAUSE_SECONDS)
    build_read_model(stack)
