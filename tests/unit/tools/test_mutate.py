"""The mutation tool: which mutations it makes, and when a run is good."""

import ast
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from inventory.model import Level, stock_status
from tools.mutate.calls import Calls, Recorder, file_hash, outdated, sources_hash
from tools.mutate.expressions import condition_mutants, is_expression, key_condition_mutants
from tools.mutate.mutants import PROJECT, Mutant, mutants_of
from tools.mutate.operators import mutants
from tools.mutate.results import Outcome, Report, Result, Results, listed_survivors
from tools.mutate.selection import TEST_SECONDS_MAX, TESTS_SECONDS_MAX, Selection
from tools.mutate.session import SUITES

INTEGRATION = PROJECT / "tests" / "integration"
UNITS = "inventory.stock.units"


def made_of(code: str) -> set[str]:
    """The mutants of every node of some code."""
    return {
        ast.unparse(ast.fix_missing_locations(mutant)) for node in ast.walk(ast.parse(code)) for mutant in mutants(node)
    }


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("a <= b", {"a < b"}),
        ("a is None", {"a is not None"}),
        ("not a", {"a"}),
        ("a and b", {"a", "b"}),
        ("still_held & not_extended", {"still_held", "not_extended"}),
        ("a - b", {"a + b"}),
        ("f(True)", {"False", "pass"}),
        ("min(a, b)", {"max(a, b)", "pass"}),
        ("{'on_hand': a, 'available': b}", {"{'available': b}", "{'on_hand': a}"}),
        ("('held_until', 'task_token')", {"('task_token',)", "('held_until',)"}),
        ("{'TableName': a, 'Key': b}", set()),
    ],
)
def test_an_expression_is_mutated(code: str, expected: set[str]) -> None:
    assert made_of(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("if a:\n    b()", "if True:\n    b()"),
        ("if a:\n    b()", "if False:\n    b()"),
        ("raise Refused", "pass"),
        ("condition &= unless_extended", "pass"),
        ("answer = with_retries(lambda: read())", "(lambda: read())()"),
        ("try:\n    a()\nexcept Busy:\n    b()", "except Busy:\n    raise"),
    ],
)
def test_a_statement_is_mutated(code: str, expected: str) -> None:
    assert expected in made_of(code)


def test_log_lines_and_errors_are_not_mutated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "module.py").write_text(
        "def f():\n    logger.info('decided', count=1)\n    raise Refused(f'{1} of {a < b}')"
    )
    monkeypatch.setattr("tools.mutate.mutants.FUNCTIONS", tmp_path)

    assert [mutant.mutation for mutant in mutants_of("module")] == ["raise Refused(f'{1} of {a < b}') -> pass"]


def test_each_clause_of_a_condition_is_turned_and_dropped_while_its_values_stay_in_use() -> None:
    true, false = (f" {way} attribute_exists(mutated) {way} attribute_not_exists(mutated)" for way in ("OR", "AND"))

    assert set(condition_mutants("a >= :x AND b = :y")) == {
        "a > :x AND b = :y",
        "a >= :x AND b <> :y",
        f"(a >= :x{true}) AND b = :y",
        f"a >= :x AND (b = :y{true})",
    }
    assert f"(a < :x{false}) OR b < :y" in set(condition_mutants("a < :x OR b < :y"))
    assert f"(attribute_not_exists(a){true})" in set(condition_mutants("attribute_not_exists(a)"))


def test_a_key_condition_is_only_turned_as_dynamodb_allows() -> None:
    assert set(key_condition_mutants("phase = :phase AND phase_at <= :before")) == {
        "phase = :phase AND phase_at < :before"
    }


@pytest.mark.parametrize(("text", "expected"), [("a = :a", True), ("SET a = :a", False), ("a sentence = text", False)])
def test_conditions_are_distinguished_from_other_texts(text: str, expected: bool) -> None:
    assert is_expression(text) == expected


def test_every_mutant_of_a_module_has_a_key_of_its_own() -> None:
    keys = [mutant.key for mutant in mutants_of(UNITS)]

    assert len(set(keys)) == len(keys) > 20
    assert f"{UNITS}:hold: 'available >= :quantity' -> 'available > :quantity'" in keys


def test_a_mutant_takes_the_place_of_its_original(monkeypatch: pytest.MonkeyPatch) -> None:
    [mutant] = [found for found in mutants_of("inventory.model") if "Level.is_low: self.unsold <= " in found.key]
    original: Any = vars(Level)["is_low"].fget
    monkeypatch.setattr(original, "__code__", original.__code__)  # restores it afterwards
    level = Level("P-1", "main", "Mug", "kitchen", 5, 0, 5, 5, 1, "2026-03-01T12:00:00.000Z")
    assert level.is_low

    mutant.apply()

    assert not level.is_low


def test_the_lines_that_a_test_runs_are_recorded_by_their_function() -> None:
    recorder = Recorder()

    with recorder.recording():
        assert stock_status(0, 5) == "OUT_OF_STOCK"

    assert recorder.lines["inventory.model:stock_status"] == {0, 2, 3}


def test_tests_run_again_when_they_or_the_functions_that_they_call_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "test_it.py"
    file.write_text("first")
    called = {"inventory.model:iso": [0]}
    known = {"test": Calls(0.1, True, called, file_hash(file), sources_hash(called))}

    assert outdated({"test": file, "new": file}, known) == {"new"}
    with monkeypatch.context() as patch:
        patch.setattr("tools.mutate.calls.function_hashes", dict)
        assert outdated({"test": file}, known) == {"test"}
    file.write_text("second")
    file_hash.cache_clear()
    assert outdated({"test": file}, known) == {"test"}


# --- the order of the tests


def order_of(seconds: dict[str, float], *, particular: str) -> list[str]:
    """The order of tests that run a mutated line; the particular one alone runs another line of the module, too."""
    mutant = next(mutant for mutant in mutants_of(UNITS) if mutant.is_function)
    lines = {test: [mutant.offset, *([10_000] if test == particular else [])] for test in seconds}
    calls = {test: Calls(seconds[test], True, {mutant.function: lines[test]}, "", "") for test in seconds}
    items: Any = [Mock(nodeid=test, path=Path(test.partition("::")[0])) for test in seconds]
    return [test.nodeid for test in Selection(items, calls)(mutant)]


def test_the_tests_of_every_subject_of_the_core_run_for_mutants() -> None:
    subjects = {f"tests/integration/{path.parent.name}" for path in INTEGRATION.glob("*/__init__.py")}

    assert len(subjects) > 1
    assert subjects <= set(SUITES)


def test_tests_of_the_mutated_subject_run_first_a_particular_one_and_then_quick_ones() -> None:
    near, other = "integration/stock/test_units.py", "integration/api/test_level.py"
    seconds = {f"{other}::a": 0.1, f"{near}::b": 0.2, f"{near}::c": 0.1, f"{near}::particular": 0.3}

    order = order_of(seconds, particular=f"{near}::particular")

    assert order == [f"{near}::particular", f"{near}::c", f"{near}::b", f"{other}::a"]


def test_most_tests_of_a_file_with_the_name_of_the_module_run_before_those_of_its_subject() -> None:
    own, near = "integration/stock/test_units.py", "integration/stock/test_counts.py"
    seconds = {f"{near}::{number}": 0.1 for number in range(3)} | {f"{own}::{number}": 0.2 for number in range(20)}

    order = order_of(seconds, particular="none")

    assert [test.partition("::")[0] for test in order[:18]].count(own) >= 16


def test_variants_of_one_test_do_not_take_the_turns_of_the_others() -> None:
    near = "integration/stock/test_units.py"
    seconds = {f"{near}::a[1]": 0.1, f"{near}::a[2]": 0.1, f"{near}::a[3]": 0.1, f"{near}::b": 0.2}

    order = order_of(seconds, particular="none")

    assert order == [f"{near}::{test}" for test in ("a[1]", "b", "a[2]", "a[3]")]


def test_tests_end_when_they_have_taken_their_time_together() -> None:
    near = "integration/stock/test_units.py"
    slow = TEST_SECONDS_MAX - 0.1
    fitting = int(TESTS_SECONDS_MAX / slow)
    seconds = {f"{near}::{number}": slow for number in range(fitting + 1)} | {
        f"{near}::too slow": TEST_SECONDS_MAX + 0.1
    }

    assert order_of(seconds, particular="none") == [f"{near}::{number}" for number in range(fitting)]


# --- results


@pytest.fixture
def found() -> list[Mutant]:
    return mutants_of(UNITS)[:20]


def report(found: list[Mutant], *outcomes: Outcome | None, listed: dict[str, str] | None = None) -> Report:
    """A report of mutants that were noticed, except for the first ones."""
    rest = [Outcome.NOTICED] * (len(found) - len(outcomes))
    return Report(list(zip(found, [*outcomes, *rest], strict=True)), listed or {})


def test_a_run_is_good_if_only_listed_mutants_survive(found: list[Mutant]) -> None:
    same = {found[0].key: "nothing reads it"}

    assert report(found).is_good
    assert report(found, Outcome.TIMED_OUT).is_good
    assert report(found, Outcome.SURVIVED, listed=same).is_good
    assert not report(found, Outcome.SURVIVED).is_good
    assert not report(found, Outcome.NOT_COVERED).is_good


def test_a_reason_that_is_out_of_date_is_an_error(found: list[Mutant]) -> None:
    same = {found[0].key: "nothing reads it"}

    assert not report(found, listed=same).is_good
    assert report(found, None, listed=same).is_good, "it did not run yet"


def test_too_many_survivors_are_an_error_even_if_all_are_listed(found: list[Mutant]) -> None:
    same = {mutant.key: "nothing reads it" for mutant in found[:2]}

    assert not report(found, Outcome.SURVIVED, Outcome.SURVIVED, listed=same).is_good


def test_results_are_kept_until_the_function_or_for_survivors_a_test_changes(
    found: list[Mutant], tmp_path: Path
) -> None:
    path = tmp_path / "results.json"
    noticed, survived = found[:2]
    Results(path).store(noticed, Result(Outcome.NOTICED, noticed.source_hash, "tests"))
    results = Results(path)
    results.store(survived, Result(Outcome.SURVIVED, survived.source_hash, "tests"))

    again = Results(path)

    assert again.known(noticed, "other tests")
    assert again.known(survived, "tests")
    assert not again.known(survived, "other tests")
    results.store(noticed, Result(Outcome.NOTICED, "another source", "tests"))
    assert not Results(path).known(noticed, "tests")


def test_each_listed_survivor_names_a_mutant_and_a_reason() -> None:
    listed = listed_survivors()
    modules = {key.partition(":")[0] for key in listed}

    assert set(listed) - {mutant.key for module in modules for mutant in mutants_of(module)} == set()
    assert all(len(reason) > 20 for reason in listed.values())
