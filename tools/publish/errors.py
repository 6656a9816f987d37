"""Errors of publishing the admin page."""

from pathlib import Path


class PublishError(Exception):
    """The page cannot be published. The message says why and what to do."""


class NotBuilt(PublishError):
    """The page has not been built."""

    def __init__(self, directory: Path) -> None:
        super().__init__(f"There is no built page in {directory}. Build it first: make admin-ui")


class UnknownFileType(PublishError):
    """A file has an extension without a known content type, so that a browser could not use it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} has no content type. Add its extension to CONTENT_TYPES in tools/publish/files.py.")


class NotDeployed(PublishError):
    """The stack does not exist, or is older than the admin page."""

    def __init__(self, stack_name: str, reason: str) -> None:
        super().__init__(f"The stack {stack_name} has no admin page: {reason}. Deploy it first: make deploy")
