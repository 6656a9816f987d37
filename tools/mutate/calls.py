"""Which functions of the component each test calls, and how long it takes: seen by a trace function."""

import hashlib
import json
import sys
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from tools.mutate.mutants import FUNCTIONS, PROJECT

RECORDS = PROJECT / ".local" / "mutate" / "calls.json"


@dataclass(frozen=True)
class Calls:
    """What one test called when it ran on the original."""

    seconds: float
    passed: bool
    functions: list[str]  # module:name
    file_hash: str  # of the test's file


class Recorder:
    """Records the functions of the component that run, in all threads."""

    def __init__(self) -> None:
        self.functions: set[str] = set()
        self._names: dict[CodeType, str | None] = {}

    @contextmanager
    def recording(self) -> Iterator[None]:
        self.functions = set()
        threading.settrace(self._note)
        sys.settrace(self._note)
        try:
            yield
        finally:
            sys.settrace(None)
            threading.settrace(None)

    def _note(self, frame: FrameType, event: str, _: Any) -> None:
        """Called for each call of a function; its lines are not traced, as this returns None."""
        code = frame.f_code
        if code not in self._names:
            self._names[code] = _function_of(code)
        name = self._names[code]
        if name:
            self.functions.add(name)


def _function_of(code: CodeType) -> str | None:
    if not code.co_filename.startswith(f"{FUNCTIONS}/inventory/"):
        return None
    module = ".".join(Path(code.co_filename).relative_to(FUNCTIONS).with_suffix("").parts)
    # A lambda or a function inside a function belongs to the outer one.
    return f"{module}:{code.co_qualname.partition('.<locals>')[0]}"


@cache
def file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.exists() else ""


def outdated(tests: Mapping[str, Path], calls: Mapping[str, Calls], functions: Collection[str]) -> set[str]:
    """The tests that must run again: new or changed ones, and those that may call a function that no test is known to call.

    Args:
        tests: the files of all tests, by their ids.
        functions: those that have mutants.
    """
    current = {
        test: calls[test] for test, path in tests.items() if test in calls and calls[test].file_hash == file_hash(path)
    }
    called = {function for found in current.values() for function in found.functions}
    changed_modules = {_module(function) for function in functions if function not in called}
    return {
        test
        for test in tests
        if test not in current or changed_modules.intersection(map(_module, current[test].functions))
    }


def _module(function: str) -> str:
    return function.partition(":")[0]


def load_calls(path: Path = RECORDS) -> dict[str, Calls]:
    """The records of earlier runs, by the tests' ids."""
    stored = json.loads(path.read_text()) if path.exists() else {}
    return {test: Calls(**found) for test, found in stored.items()}


def save_calls(calls: dict[str, Calls], path: Path = RECORDS) -> None:
    """Keep the records for the next run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({test: asdict(found) for test, found in calls.items()}))
