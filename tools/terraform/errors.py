"""Errors of the Terraform tools."""


class TerraformError(Exception):
    """The module cannot be written or applied. The message says why and what to do."""


class NotInstalled(TerraformError):
    """Terraform is not on the PATH."""

    def __init__(self, version: str) -> None:
        super().__init__(f"Terraform is not installed: put Terraform {version} or newer on the PATH and try again.")


class StepFailed(TerraformError):
    """A step of the test on a local AWS failed. The message contains the step's reason."""
