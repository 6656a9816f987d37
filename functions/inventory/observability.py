"""What all functions say of themselves: log lines and metrics, under the name of their stack.

Both are JSON on a function's standard output. A line has the reservation's id where there is one, the trace of its request
and never a task token. A metric is a line in CloudWatch's embedded format, so it costs no call and stands in no one's way.
"""

from collections.abc import Mapping
from threading import Lock

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "Inventory"

# Both find their service, the name of the stack, in POWERTOOLS_SERVICE_NAME: two stages in one account are told apart.
logger = Logger(log_uncaught_exceptions=False)

_writing = Lock()  # a line is printed in two pieces, and jobs have threads


def measure(
    counts: Mapping[str, int],
    *,
    milliseconds: Mapping[str, float] | None = None,
    by: Mapping[str, str] | None = None,
) -> None:
    """Write metrics, in all and once more for what each is divided by.

    Args:
        counts: how often each occurred.
        milliseconds: how long each took.
        by: one more dimension and its value, of which there are few; never an id.
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
