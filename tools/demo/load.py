"""`make load FILE=…`: load a catalogue into the local AWS that `make up` left running."""

import argparse
import sys
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from inventory.errors import InventoryError
from tools.demo.shelves import BadCatalogue, Shelves
from tools.local import running_stack
from tools.local.errors import LocalAwsError


def main() -> int:
    """Check the file line by line, and load it when nothing is wrong."""
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("file", type=Path, help="a CSV like events/catalogue.csv")
    file: Path = parser.parse_args().file
    try:
        stack = running_stack()
        if stack is None:
            raise LocalAwsError("No local AWS is running: make up")
        print(f"Loading {file} …", flush=True)
        levels = Shelves(stack).load(file, tell=_send)
    except (LocalAwsError, BadCatalogue, OSError, InventoryError, BotoCoreError, ClientError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Load the file again: what was loaded stays as it is.", file=sys.stderr)
        return 130
    print(f"{file}: {levels} levels are as it says.")
    return 0


def _send(done: int, of: int) -> None:
    if done % 500 == 0:
        print(f"  {done} of {of}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
