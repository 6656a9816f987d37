"""What can go wrong with publishing."""

from pathlib import Path


class PublishError(Exception):
    """The page cannot be published; the message says why and what to do."""


class NotBuilt(PublishError):
    """There is no page to publish."""

    def __init__(self, directory: Path) -> None:
        super().__init__(f"There is no built page in {directory}. Build it first: make admin-ui")


class UnknownFileType(PublishError):
    """A file of a kind whose content type nobody has named: a browser would not be told what it is."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} has no content type: name one in publish/files.py.")


class NotDeployed(PublishError):
    """The stack is not there, or is older than the admin page."""

    def __init__(self, stack_name: str, reason: str) -> None:
        super().__init__(f"The stack {stack_name} has no admin page: {reason}. Deploy it first: make deploy")
