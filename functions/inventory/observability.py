"""The logger that all functions share: JSON, with the reservation's id where there is one, never a task token.

And the metrics: a function that has some decorates its handler with `@metrics.log_metrics`, which writes them to its log
in CloudWatch's embedded format.
"""

from aws_lambda_powertools import Logger, Metrics

logger = Logger(service="inventory", log_uncaught_exceptions=False)
metrics = Metrics(namespace="Inventory", service="inventory")
