"""Log lines and metrics of all functions, under the name of their stack.

Both are JSON on a function's standard output. A log line has the reservation's id if there is one, the trace of its
request, and never a task token. A metric is a line in CloudWatch's embedded metric format, so it needs no call.
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger

NAMESPACE = "Inventory"

# Metrics have its service, the name of the stack from POWERTOOLS_SERVICE_NAME: it separates two stages in one account.
logger = Logger(log_uncaught_exceptions=False)


def measure(
    counts: Mapping[str, int],
    *,
    milliseconds: Mapping[str, float] | None = None,
    by: Mapping[str, str] | None = None,
) -> None:
    """Write metrics, in total and once more by a dimension.

    Args:
        counts: how often each occurred.
        milliseconds: how long each took.
        by: a dimension and its value, with few different values; never an id.
    """
    if os.environ.get("POWERTOOLS_METRICS_DISABLED", "").lower() in ("1", "true"):
        return
    units = dict.fromkeys(counts, "Count") | dict.fromkeys(milliseconds or {}, "Milliseconds")
    content: dict[str, Any] = {
        "_aws": {
            "Timestamp": int(time.time() * 1_000),
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [["service"], ["service", *by]] if by else [["service"]],
                    "Metrics": [{"Name": name, "Unit": unit} for name, unit in units.items()],
                }
            ],
        },
        "service": logger.service,
        **(by or {}),
        **{name: [float(value)] for name, value in {**counts, **(milliseconds or {})}.items()},
    }
    # One piece, as jobs have threads.
    sys.stdout.write(json.dumps(content, separators=(",", ":")) + "\n")
