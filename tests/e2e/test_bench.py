"""The code that `make bench` measures over HTTP works in a clean shell."""

from pathlib import Path

from tests.support.processes.clean_shell import run_in_clean_shell
from tools.local import Stack

PROGRAM = """
import sys
from pathlib import Path
from tools.bench.deployed import deployed_pairs
from tools.local.stack import Stack

pairs = deployed_pairs(Stack.read(Path(sys.argv[1])), products=2)
for name, (ours, bare) in pairs.items():
    ours()
    bare()
    print(name)
"""


def test_every_benchmark_over_http_runs_in_a_clean_shell(stack: Stack, directory: Path) -> None:
    ended = run_in_clean_shell(PROGRAM, str(directory / "stack.json"), module=False)

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == ["look up 1 product", "look up 2 products", "reserve 1 line, decided"]
