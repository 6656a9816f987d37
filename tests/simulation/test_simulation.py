"""A few worlds of the simulation, and one of its bugs: `make simulate` and `make simulate-bugs` run many."""

import os
import re
import subprocess
import sys

import pytest

from tests.simulation.bugs import BUGS
from tests.simulation.sources import Bug
from tests.support.template.source import ROOT


def test_nothing_is_wrong_in_a_few_worlds() -> None:
    simulated = _simulate("--seeds", "3-8", "--checkouts", "100")  # nothing goes wrong in the eighth

    assert simulated.returncode == 0, simulated.stdout + simulated.stderr
    assert "600 checkouts" in simulated.stdout
    assert "0 of 6 worlds are wrong" in simulated.stdout
    for seldom in ("SPLIT", "SOLD_ELSEWHERE", "CHANGED", "DISPATCHED", "RETURNED", "SPREAD", "GATHERED", "IN SHARDS"):
        assert re.search(rf"\b{seldom} [1-9]", simulated.stdout), simulated.stdout


def test_the_same_seed_is_the_same_story() -> None:
    first, second = (_simulate("--seeds", "5-5", "--checkouts", "10", "--story") for _ in range(2))

    assert "COMMITTED" in first.stdout
    assert first.stdout == second.stdout


def test_bugs_are_found() -> None:
    hunted = _simulate("--bug", "1", "--bug", "2")

    assert hunted.returncode == 0, hunted.stdout + hunted.stderr
    assert "2 of 2 bugs are found" in hunted.stdout


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_every_bug_still_fits_into_the_code(bug: Bug) -> None:
    assert bug.applied()


def test_the_readme_lists_every_bug() -> None:
    lines = (ROOT / "tests/simulation/README.md").read_text().splitlines()
    names = [line.split("|")[1].strip() for line in lines if line.startswith("| ")]

    assert names[names.index("bug") + 2 :] == [bug.name for bug in BUGS]


def _simulate(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the simulation as its command does: it replaces time and chance in its process."""
    return subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--processes", "1", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": "functions:clients/python:.", "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
