"""Log lines and metrics of all functions, under the name of their stack.

Both are JSON on a function's standard output. A log line has the reservation's id if there is one, the trace of its
request, and never a task token. A metric is a line in CloudWatch's embedded metric format, so it needs no call.
"""

from collections.abc import Mapping
from threading import Lock

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "Inventory"

# Both read their service, the name of the stack, from POWERTOOLS_SERVICE_NAME: it separates two stages in one account.
logger = Logger(log_uncaught_exceptions=False)

_writing = Lock()  # a line is printed in two pieces, and jobs have threads


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
    metrics = EphemeralMetrics(namespace=NAMESPACE, service=logger.service)
    for name, times in counts.items():
        metrics.add_metric(name, MetricUnit.Count, times)
    for name, taken in (milliseconds or {}).items():
        metrics.add_metric(name, MetricUnit.Milliseconds, taken)
    if by:
        metrics.add_dimensions(**{"service": logger.service, **by})
    with _writing:
        metrics.flush_metrics()
