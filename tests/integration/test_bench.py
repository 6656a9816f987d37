"""The code that `make bench` measures in process works in a clean shell. What it measures over HTTP is tested deployed."""

from tests.support.processes.clean_shell import run_in_clean_shell

PROGRAM = """
from tools.bench.in_process import Scale, figures

for key in figures(Scale(rounds=1, products=2, live_holds=(3,))):
    print(key)
"""


def test_the_benchmarks_in_process_run_in_a_clean_shell() -> None:
    ended = run_in_clean_shell(PROGRAM, module=False)

    assert ended.returncode == 0, ended.stderr
    operations = ("look_up_1_product", "look_up_2_products", "reserve_1_line", "reserve_1_line_with_3_live_holds")
    for operation in operations:
        assert f"overhead.{operation}" in ended.stdout
