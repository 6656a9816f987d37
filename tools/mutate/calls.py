"""Which functions of the component each test calls, and how long it takes: seen by a trace function."""

import hashlib
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from tools.mutate.mutants import FUNCTIONS, PROJECT, source_of

RECORDS = PROJECT / ".local" / "mutate" / "calls.json"
Function = tuple[str, str]  # its module and its name


@dataclass(frozen=True)
class Calls:
    """What one test called when it ran on the original."""

    seconds: float
    passed: bool
    functions: list[str]  # module:name
    hashes: dict[str, str]  # of the test's file and of the modules: with other ones it must run again


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


def hashes_of(test_file: Path, functions: set[str]) -> dict[str, str]:
    """The hashes of a test's file and of the modules of functions."""
    modules = sorted({function.partition(":")[0] for function in functions})
    return {str(test_file.relative_to(PROJECT)): file_hash(test_file)} | {
        module: file_hash(source_of(module)) for module in modules if source_of(module).exists()
    }


@cache
def file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.exists() else ""


def is_current(calls: Calls) -> bool:
    """Whether neither the test nor what it calls has changed since."""
    return all(
        file_hash(PROJECT / name if name.endswith(".py") else source_of(name)) == known
        for name, known in calls.hashes.items()
    )


def load_calls(path: Path = RECORDS) -> dict[str, Calls]:
    """The records of earlier runs, by the tests' ids."""
    stored = json.loads(path.read_text()) if path.exists() else {}
    return {test: Calls(**found) for test, found in stored.items()}


def save_calls(calls: dict[str, Calls], path: Path = RECORDS) -> None:
    """Keep the records for the next run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({test: asdict(found) for test, found in calls.items()}))
