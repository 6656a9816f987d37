"""`make load FILE=…`: load a catalogue into the local AWS that `make up` left running."""

import argparse
import sys
from pathlib import Path

from demo.shelves import BadCatalogue, Shelves
from local import running_stack


def main() -> int:
    """Check the file line by line, and load it when nothing is wrong."""
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("file", type=Path, help="a CSV like events/catalogue.csv")
    file: Path = parser.parse_args().file
    stack = running_stack()
    if stack is None:
        print("No local AWS is running: make up", file=sys.stderr)
        return 1
    try:
        levels = Shelves(stack).load(file, tell=_tell)
    except (BadCatalogue, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{file}: {levels} levels are as it says.")
    return 0


def _tell(done: int, of: int) -> None:
    if done % 500 == 0:
        print(f"  {done} of {of}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
