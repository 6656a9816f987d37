"""Errors of the local AWS."""


class LocalAwsError(Exception):
    """The local AWS cannot do what was asked. The message says why and what to do."""


class PortTaken(LocalAwsError):
    """A port that the local AWS needs is in use."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is in use by another program. Choose another first port, "
            f"for example: LOCAL_PORT={port + 1000}"
        )


class AlreadyRunning(LocalAwsError):
    """The directory belongs to a local AWS that is running."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"The local AWS is already running on port {port}. Stop it first (make down), "
            "or set LOCAL_PORT to start another one at the same time."
        )


class OtherVersion(LocalAwsError):
    """The running local AWS is not of this version."""

    def __init__(self, difference: str) -> None:
        super().__init__(
            f"The running local AWS was started from another version of this project: {difference}. "
            "Start it again: make down up"
        )


class CommandFailed(LocalAwsError):
    """A command of another tool failed. The message contains the last lines of its output."""
