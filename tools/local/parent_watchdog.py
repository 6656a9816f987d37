"""A server's tie to the supervisor."""

import os
import signal
import sys
import threading


def end_with_supervisor() -> None:
    """End this process and its children when the supervisor is gone, even if it was killed."""
    threading.Thread(target=_wait, daemon=True).start()


def _wait() -> None:
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)
