"""A clock for tests."""


class FakeClock:
    """A clock that moves only when a test moves it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """The time in seconds."""
        return self.seconds
