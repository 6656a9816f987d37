"""Builds the project and deploys it to a local AWS: the stack with AWS SAM, then the admin page."""

from tools.local.deployment.sam import build, deploy, machine_parameters, stack_name

__all__ = ["build", "deploy", "machine_parameters", "stack_name"]
