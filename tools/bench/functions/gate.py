"""Fails if a cold start became slower: by instructions where valgrind is installed, otherwise by what is loaded."""

import sys
from collections.abc import Iterable
from pathlib import Path

from tools.bench.functions.cold_start import can_count, instructions
from tools.bench.functions.figures import deployed
from tools.bench.functions.measured import Deployed, pair
from tools.bench.functions.requests import MEASURED, MeasuredRequest
from tools.console import run_and_exit
from tools.local.deployment.build_cache import fingerprint
from tools.local.settings import PROJECT

# One function is counted, as it takes a quarter of a minute: all of the workflow's load nearly the same.
COUNTED = "ReserveStock"
RATIO_MAX = 1.25
# What costs each of these functions more than all of our code.
NEVER_LOADED = ("pydantic", "boto3", "multiprocessing", "aws_lambda_powertools")
LOAD_LITTLE = ("ReserveStock", "CommitStock", "ReleaseStock", "RecordPayment", "CancelReservation", "ExtendHold")
PASSED = PROJECT / ".local" / "cold-start"  # the fingerprint of what passed last: counting it again changes nothing


def main() -> int:
    """Check the functions as they are now."""
    current = _fingerprint()
    if PASSED.exists() and PASSED.read_text() == current:
        return 0
    with deployed() as package:
        problems = [*_loaded_too_much(package), *(_counted_too_much(package) if can_count() else ())]
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        return 1
    PASSED.parent.mkdir(exist_ok=True)
    PASSED.write_text(current)
    return 0


def _fingerprint() -> str:
    files = [*_python_files("functions"), *_python_files("tools/bench"), *_python_files("tests/support")]
    files += [PROJECT / "functions" / "requirements.txt", PROJECT / "requirements" / "dev.txt"]
    return fingerprint(f"{sys.version} {can_count()}", PROJECT, files)


def _python_files(directory: str) -> Iterable[Path]:
    return (PROJECT / directory).rglob("*.py")


def _loaded_too_much(package: Deployed) -> Iterable[str]:
    for request in (found for found in MEASURED if found.function in LOAD_LITTLE):
        with pair(request, package) as measured:
            loaded = measured.loaded()
        for name in sorted(loaded.intersection(NEVER_LOADED)):
            yield f"{request.function} loads {name}, which its cold start pays for."


def _counted_too_much(package: Deployed) -> Iterable[str]:
    with pair(_counted_request(), package) as measured:
        ours, bare = instructions(measured)
    if ours > RATIO_MAX * bare:
        yield (
            f"A cold start of {COUNTED} executes {ours / bare:.2f} times the instructions of bare boto3 with the same calls,"
            f" and at most {RATIO_MAX} are allowed: {ours:,} instead of {bare:,}. See what it loads:"
            f" python -X importtime -c 'import {_counted_request().module}'"
        )


def _counted_request() -> MeasuredRequest:
    return next(request for request in MEASURED if request.function == COUNTED)


if __name__ == "__main__":
    run_and_exit(main)
