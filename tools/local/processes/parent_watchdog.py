"""Ends a process when the process that started it has ended."""

import os
import signal
import sys
import threading


def exit_with_parent() -> None:
    """End this process and its children when the parent process has ended, even if it was killed.

    The parent holds the other end of this process's standard input, which closes when the parent ends.
    """
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)
