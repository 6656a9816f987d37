"""Whether the tests of the workflow, in all processes of a run, took every path and evaluated every expression."""

from pathlib import Path

from tests.support.workflow.evaluations import compare, read_evaluations
from tests.support.workflow.state_coverage import all_paths, recorded_paths


def test_every_path_through_the_state_machine_was_taken(workflow_tests_over: int, paths_directory: Path) -> None:
    not_taken = all_paths().difference(*recorded_paths(paths_directory))

    assert not not_taken, f"none of {workflow_tests_over} tests took these paths: {sorted(not_taken)}"


def test_every_expression_has_the_result_of_the_reference_implementation(
    workflow_tests_over: int, evaluations_directory: Path
) -> None:
    differences, not_covered = compare(read_evaluations(evaluations_directory))

    assert not differences
    assert not not_covered, f"none of {workflow_tests_over} tests evaluated these: {not_covered}"
