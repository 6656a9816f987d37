"""Errors of `make shop`."""


class ShopError(Exception):
    """The shop cannot be opened. The message says why and what to do."""


class OtherVersion(ShopError):
    """The running local AWS is not of this version."""

    def __init__(self, difference: str) -> None:
        super().__init__(
            f"The running local AWS was started from an older version of this project: {difference}. "
            "Start it again: make down up"
        )
