"""Errors of `make shop`."""


class ShopError(Exception):
    """The shop cannot be opened. The message says why and what to do."""
