"""`make bench` runs in a clean shell: its first half, in process. The second half is tested on the deployed stack."""

from tests.support.clean_shell import run_in_clean_shell


def test_the_benchmarks_in_process_run_in_a_clean_shell() -> None:
    ended = run_in_clean_shell("tools.bench", "--small", "--in-process")

    assert ended.returncode == 0, ended.stderr
    for operation in ("look up 1 product", "look up 2 products", "reserve 1 line", "with 3 live holds"):
        assert operation in ended.stdout
