"""Loads a catalogue (CSV) into the local AWS that `make up` started."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from inventory.errors import InventoryError
from tools.console import run_and_exit
from tools.demo.stock_loader import StockLoader
from tools.deployed_stack import DeployedStack
from tools.load.catalogue_file import BadCatalogue, read_catalogue_file, separator_name
from tools.load.progress import LoadProgress
from tools.local import running_stack
from tools.local.errors import LocalAwsError
from tools.local.processes.environment import forget_account_of_caller
from tools.local.processes.interruption import interrupt_on_termination
from tools.progress import Progress
from tools.rebuild.rebuilding import RebuildFailed, rebuild

ERRORS = (LocalAwsError, BadCatalogue, OSError, InventoryError, BotoCoreError, ClientError, RebuildFailed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the file, and load it if all its rows are valid.

    Returns:
        0 if it was loaded, 1 if it was not, 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.load", description=__doc__)
    parser.add_argument("file", help="a CSV file in the format of events/catalogue.csv")
    text = parser.parse_args(arguments).file
    forget_account_of_caller()
    interrupt_on_termination()
    try:
        if not text.strip():
            raise BadCatalogue(["FILE is empty. Name a file: make load FILE=events/catalogue.csv"])
        _load(Path(text).expanduser())
    except ERRORS as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. A part of the file may be loaded. It is safe to load the file again.", file=sys.stderr)
        return 130
    return 0


def _load(file: Path) -> None:
    started = time.monotonic()
    catalogue = read_catalogue_file(file)
    stack = running_stack()
    if stack is None:
        raise LocalAwsError("No local AWS is running. Start it first: make up")
    separator = separator_name(file)
    separated = "" if separator == "commas" else f", whose columns are separated by {separator}"
    print(f"Loading {len(catalogue.counts):,} levels from {file}{separated} …", flush=True)
    StockLoader(stack).count(catalogue.counts, on_progress=LoadProgress())
    # Lists and searches of a large catalogue show it at once, and not when the streams were followed.
    with Progress() as progress:
        rebuild(DeployedStack.of_local(stack), progress)
    products = len({counted.product_id for counted in catalogue.counts})
    seconds = time.monotonic() - started
    print(f"{len(catalogue.counts):,} levels of {products:,} products are loaded. It took {seconds:.0f} s.")


if __name__ == "__main__":
    run_and_exit(main)
