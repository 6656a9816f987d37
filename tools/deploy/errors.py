"""Errors of a deployment."""

from collections.abc import Sequence


class DeployError(Exception):
    """The deployment cannot begin or go on. The message says why and what to do."""


class Problems(DeployError):
    """The checks before the build found problems."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(f"- {sentence}" for sentence in sentences))
        self.sentences = tuple(sentences)


class NoAccount(Problems):
    """There are no usable credentials, no region, or no connection to AWS."""


class NotExecuted(DeployError):
    """The change set was created and not executed, because it was declined or because that was asked for."""
