"""Loads a catalogue (CSV) into the local AWS that `make up` started."""

import argparse
import sys
import time
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from inventory.errors import InventoryError
from tools.demo.stock_loader import BadCatalogue, StockLoader
from tools.deployed_stack import DeployedStack
from tools.local import running_stack
from tools.local.errors import LocalAwsError
from tools.local.processes.environment import forget_account_of_caller
from tools.rebuild.rebuilding import RebuildFailed, rebuild

PROGRESS_SECONDS = 2.0


def main() -> int:
    """Check the file, and load it if all its rows are valid."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo.load", description=__doc__)
    parser.add_argument("file", type=Path, help="a CSV file in the format of events/catalogue.csv")
    file: Path = parser.parse_args().file
    forget_account_of_caller()
    try:
        stack = running_stack()
        if stack is None:
            raise LocalAwsError("No local AWS is running. Start it first: make up")
        print(f"Loading {file} …", flush=True)
        levels = StockLoader(stack).load(file, on_progress=Progress().show)
        # Lists and searches of a large catalogue show it at once, and not when the streams were followed.
        rebuild(DeployedStack.of_local(stack), lambda sentence: None)
    except (LocalAwsError, BadCatalogue, OSError, InventoryError, BotoCoreError, ClientError, RebuildFailed) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. A part of the file was loaded. It is safe to load the file again.", file=sys.stderr)
        return 130
    print(f"Loaded {levels} levels.")
    return 0


class Progress:
    """Prints how far a load is, every two seconds."""

    def __init__(self) -> None:
        self._printed_at = time.monotonic()

    def show(self, done: int, total: int) -> None:
        if time.monotonic() - self._printed_at > PROGRESS_SECONDS:
            self._printed_at = time.monotonic()
            print(f"  {done} of {total}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
