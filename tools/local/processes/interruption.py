"""Lets a command tidy up whatever stops it."""

import signal


def interrupt_on_termination() -> None:
    """Treat SIGTERM and SIGHUP as Ctrl-C: by default they end Python without cleaning up."""
    for stop in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
