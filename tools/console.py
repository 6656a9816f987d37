"""The console of commands: what they print, on any terminal and in any pipe."""

import io
import os
import shutil
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from rich.console import Console

STDOUT = 1
COLUMNS_OF_TABLES = 80
STOPPED = 130  # by Ctrl-C


def run_and_exit(main: Callable[[], int | None]) -> NoReturn:
    """Run a command on any console, and end with its exit code; 130 after Ctrl-C."""
    _print_on_any_console()
    try:
        if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:  # tools/__init__.py set it
            signal.signal(signal.SIGINT, signal.default_int_handler)
        code = main()
    except KeyboardInterrupt:
        code = STOPPED
    sys.stdout.flush()
    sys.exit(code)


def new_console() -> Console:
    """A console that is plain in a pipe and with NO_COLOR (https://no-color.org): no colours, nothing that moves.

    So it is on a terminal of fewer columns than the tables have: it may break their lines, but shows all they contain.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # an encoding without our symbols is no reason to end
    columns = shutil.get_terminal_size().columns
    if os.environ.get("NO_COLOR") or not sys.stdout.isatty() or columns < COLUMNS_OF_TABLES:
        width = max(columns, COLUMNS_OF_TABLES)
        return Console(color_system=None, force_terminal=False, highlight=False, width=width)
    return Console(highlight=False)


def _print_on_any_console() -> None:
    """Let no print end the command: not for a symbol that the encoding lacks, nor for a reader that has ended.

    A command must not stop between two writes, or before it has cleaned up, because `head` has read enough.
    """
    if not isinstance(sys.stdout, io.TextIOWrapper):  # closed by the caller (None), or replaced by a test
        sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
        return
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(_OutputWithoutReader(STDOUT, "w", closefd=False)),
        encoding=sys.stdout.encoding,
        errors="replace",
        line_buffering=sys.stdout.line_buffering,
    )


class _OutputWithoutReader(io.FileIO):
    """Standard output. When its reader has ended, the command goes on, and what it prints is lost."""

    def write(self, content: Any, /) -> int:
        try:
            return super().write(content)
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return super().write(content)
