"""Tools for development and operation."""

import signal
import sys

# While `python -m tools.…` imports, Ctrl-C ends it without a stack trace. `run_and_exit` of tools/console.py lets the command
# react to it. An ignored signal stays ignored.
if sys.argv[:1] == ["-m"] and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
