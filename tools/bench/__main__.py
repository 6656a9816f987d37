"""Runs the benchmarks, or some of them, prints their tables and writes `.local/bench.json`."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import SubprocessError

from botocore.exceptions import BotoCoreError, ClientError
from inventory_client import ApiError
from rich.console import Console

from inventory.errors import InventoryError
from tools.bench.part import CannotRun, Progress
from tools.bench.parts import Figures, UnknownPart, chosen_parts, measure, require_sizes, table_of
from tools.bench.sizes import BadSizes, read_sizes
from tools.console import new_console, run_and_exit
from tools.local.errors import LocalAwsError
from tools.local.processes.environment import forget_account_of_caller
from tools.local.processes.interruption import interrupt_on_termination
from tools.local.settings import PROJECT

FILE = PROJECT / ".local" / "bench.json"
ERRORS = (LocalAwsError, SubprocessError, OSError, RuntimeError, BotoCoreError, ClientError, InventoryError, ApiError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run each part whatever becomes of the others.

    Returns:
        0, also where a part cannot run on this machine; 1 if a part failed, or none could run; 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--parts", default="", help="the names of the parts, separated by spaces; default: all")
    parser.add_argument("--sizes", default="", help="the sizes of growth, files and lookup, separated by spaces")
    chosen = parser.parse_args(arguments)
    forget_account_of_caller()
    interrupt_on_termination()
    try:
        parts, sizes = chosen_parts(chosen.parts.split()), read_sizes(chosen.sizes)
        if sizes:
            require_sizes(parts)
        return _run(parts, sizes, new_console())
    except (UnknownPart, BadSizes) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Nothing was written.", file=sys.stderr)
        return 130


def _run(parts: Sequence[str], sizes: tuple[int, ...], console: Console) -> int:
    figures: Figures = {}
    failed = False
    started = time.monotonic()
    for part in parts:
        try:
            found = _timed(part, lambda part=part: measure(part, sizes))  # type: ignore[misc]
        except CannotRun as reason:
            print(f"{part} cannot run here: {reason}", flush=True)
            continue
        except ERRORS as error:
            print(f"{part} failed: {error}", file=sys.stderr, flush=True)
            failed = True
            continue
        figures |= found
        console.print(table_of(part, found))
    if figures:
        write(FILE, figures)
        print(f"{len(figures)} figures are in {FILE.relative_to(PROJECT)}. It took {time.monotonic() - started:.0f} s.")
    else:
        print("Nothing was measured, so no figures were written.", file=sys.stderr)
    return 1 if failed or not figures else 0


def _timed(part: str, measure_part: Callable[[], Figures]) -> Figures:
    started = time.monotonic()
    with Progress.of(part):
        found = measure_part()
    print(f"{part}: {time.monotonic() - started:.0f} s", flush=True)
    return found


def write(path: Path, figures: Figures) -> None:
    """Write the figures as one flat JSON object; a reader never sees half of it."""
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(figures, indent=2) + "\n")
    draft.replace(path)


if __name__ == "__main__":
    run_and_exit(main)
