"""Which lines of the component each test runs, and how long it takes: seen by a trace function."""

import hashlib
import json
import sys
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from tools.mutate.mutants import FUNCTIONS, PROJECT, function_hashes

RECORDS = PROJECT / ".local" / "mutate" / "calls.json"


@dataclass(frozen=True)
class Calls:
    """What one test called when it ran on the original."""

    seconds: float  # of a processor, while it was traced
    passed: bool
    lines: dict[str, list[int]]  # by function (module:name), counted from its first line
    file_hash: str  # of the test's file
    sources_hash: str  # of these functions


class Recorder:
    """Records the lines of the component that run, in all threads."""

    def __init__(self) -> None:
        self.lines: dict[str, set[int]] = {}
        self._names: dict[CodeType, str | None] = {}
        self._first_lines: dict[str, int] = {}

    @contextmanager
    def recording(self) -> Iterator[None]:
        self.lines = defaultdict(set)
        threading.settrace(self._enter)
        sys.settrace(self._enter)
        try:
            yield
        finally:
            sys.settrace(None)
            threading.settrace(None)

    def _enter(self, frame: FrameType, event: str, _: Any) -> Any:
        """Called for each call; other code than the component's is not traced further."""
        code = frame.f_code
        if code not in self._names:
            self._names[code] = self._function_of(code)
        name = self._names[code]
        if name is None:
            return None
        lines, first = self.lines[name], self._first_lines[name]

        def note(frame: FrameType, event: str, _: Any) -> Any:
            lines.add(frame.f_lineno - first)
            return note

        return note(frame, event, None)

    def _function_of(self, code: CodeType) -> str | None:
        if not code.co_filename.startswith(f"{FUNCTIONS}/inventory/"):
            return None
        module = ".".join(Path(code.co_filename).relative_to(FUNCTIONS).with_suffix("").parts)
        # A lambda or a function inside a function belongs to the outer one.
        outer, _, inner = code.co_qualname.partition(".<locals>")
        name = f"{module}:{outer}"
        if inner:
            self._first_lines.setdefault(name, code.co_firstlineno)  # the outer one was entered before
        else:
            self._first_lines[name] = code.co_firstlineno
        return name


@cache
def file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.exists() else ""


def outdated(tests: Mapping[str, Path], calls: Mapping[str, Calls]) -> set[str]:
    """The tests that must run again: new ones, changed ones, and those of whose functions one has changed.

    Args:
        tests: the files of all tests, by their ids.
    """
    return {
        test
        for test, path in tests.items()
        if test not in calls
        or (calls[test].file_hash, calls[test].sources_hash) != (file_hash(path), sources_hash(calls[test].lines))
    }


def sources_hash(functions: Iterable[str]) -> str:
    """The hash of the sources of functions."""
    sources = "".join(function_hashes().get(function, "") for function in sorted(functions))
    return hashlib.sha256(sources.encode()).hexdigest()[:16]


def load_calls(path: Path = RECORDS) -> dict[str, Calls]:
    """The records of earlier runs, by the tests' ids."""
    stored = json.loads(path.read_text()) if path.exists() else {}
    return {test: Calls(**found) for test, found in stored.items()}


def save_calls(calls: dict[str, Calls], path: Path = RECORDS) -> None:
    """Keep the records for the next run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({test: asdict(found) for test, found in calls.items()}))
