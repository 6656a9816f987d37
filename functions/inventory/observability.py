"""The logger that all functions share: JSON, with the reservation's id where there is one, never a task token."""

from aws_lambda_powertools import Logger

logger = Logger(service="inventory", log_uncaught_exceptions=False)
