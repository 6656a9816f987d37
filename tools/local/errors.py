"""What can go wrong with the local AWS."""


class LocalAwsError(Exception):
    """The local AWS cannot do what was asked; the message says why and what to do."""


class PortTaken(LocalAwsError):
    """A port that the local AWS needs is in use."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is taken by another program. Choose another first port, for example: LOCAL_PORT={port + 1000}"
        )


class AlreadyRunning(LocalAwsError):
    """The directory belongs to a local AWS that is running."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"The local AWS is already running on port {port}. Stop it first (make down), "
            "or set LOCAL_PORT to start another beside it."
        )


class CommandFailed(LocalAwsError):
    """A command of another tool failed; carries the lines that say why."""
