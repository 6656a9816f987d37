"""The definition as AWS's language service reads it, and the comparison of JSONata with its reference implementation."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.support.language_service import Definition, Expression, diagnostics, evaluate
from tests.support.template.source import ROOT
from tests.support.workflow.definition import SUBSTITUTION, Scope, definition, deployed, state_machine
from tests.support.workflow.evaluations import FAILED, Evaluated, compare, conditions, expressions

WRITTEN = (ROOT / state_machine()["DefinitionUri"]).read_text()
SUBSTITUTIONS = {name: f"arn:aws:sns:us-east-1:123456789012:{name}" for name in SUBSTITUTION.findall(WRITTEN)}

Change = Callable[[Scope], Any]
BAD: dict[str, Change] = {
    "a state that does not exist": lambda d: d["States"]["ReserveStock"].update(Next="Nowhere"),
    "a state that cannot be reached": lambda d: d["States"].update(Lost={"Type": "Succeed"}),
    "a type that does not exist": lambda d: d["States"]["CommitStock"].update(Type="Lambda"),
    "no first state": lambda d: d.pop("StartAt"),
    "a task without a resource": lambda d: d["States"]["CommitStock"].pop("Resource"),
    "a negative number of attempts": lambda d: d["States"]["CommitStock"]["Retry"][0].update(MaxAttempts=-1),
    "a catch without an error": lambda d: d["States"]["CommitStock"]["Catch"][0].pop("ErrorEquals"),
    "a choice without choices": lambda d: d["States"]["RouteOutcome"].pop("Choices"),
}


def changed(change: Change) -> str:
    bad = deepcopy(definition())
    change(bad)
    return deployed(SUBSTITUTIONS, {}, bad)


def test_the_language_service_finds_nothing_in_the_definition() -> None:
    as_written = Definition("yaml", WRITTEN)
    as_deployed = Definition("json", deployed(SUBSTITUTIONS, {}))

    assert diagnostics([as_written, as_deployed]) == [[], []]


def test_the_language_service_finds_each_mistake() -> None:
    found = diagnostics([Definition("json", changed(change)) for change in BAD.values()])

    assert [mistake for mistake, messages in zip(BAD, found, strict=True) if not messages] == []


def test_the_language_service_finds_a_mistake_in_yaml() -> None:
    [found] = diagnostics([Definition("yaml", WRITTEN.replace("Next: IsStockReserved", "Next: Nowhere"))])

    assert any("existing state" in message for message in found)


def test_every_expression_of_the_definition_is_valid_jsonata_of_the_reference_implementation() -> None:
    variables = "($states:={};$reservation_id:=$row_name:=$release_reason:=$fault:='';"
    evaluated = evaluate([Expression(f"{variables}$exists({expression}))") for expression in sorted(expressions())])

    assert len(evaluated) > 20
    assert [evaluation for evaluation in evaluated if not isinstance(evaluation.value, bool)] == []


def test_an_expression_with_a_mistake_fails() -> None:
    [unfinished, unknown] = evaluate([Expression("$states.input.("), Expression("$nothing()")])

    assert unfinished.failed and unknown.failed


# --- the comparison


def test_a_different_result_is_found() -> None:
    differences, _ = compare([Evaluated("($a:=2;$a + 1)", "4"), Evaluated("(1 + 1)", "2")])

    assert differences == ["($a:=2;$a + 1): here 4, by the reference implementation 3"]


@pytest.mark.parametrize(
    ("text", "result", "is_same"),
    [("(1)", "1.0", True), ("(1)", "true", False), ("(1)", '"1"', False), ("({'a':1,'b':2})", '{"b":2,"a":1}', True)],
)
def test_results_are_compared_by_type_and_value(text: str, result: str, is_same: bool) -> None:
    differences, _ = compare([Evaluated(text, result)])

    assert (differences == []) == is_same


@pytest.mark.parametrize(
    ("text", "result"), [("($sum('a'))", "0"), ("(1 + 1)", FAILED)], ids=["only there", "only here"]
)
def test_a_failure_of_one_implementation_alone_is_found(text: str, result: str) -> None:
    differences, _ = compare([Evaluated(text, result)])

    assert len(differences) == 1


def test_a_failure_of_both_implementations_is_the_same_result() -> None:
    differences, _ = compare([Evaluated("($sum('a'))", FAILED)])

    assert differences == []


def test_what_was_not_evaluated_is_named() -> None:
    _, not_covered = compare([])

    assert expressions() <= set(not_covered)
    assert {f"{condition} is {result}" for condition in conditions() for result in ("true", "false")} <= set(
        not_covered
    )


def test_a_condition_that_was_never_false_is_named() -> None:
    condition = "$states.input.status = 'PAID'"
    paid = f'($states:={{"input":{{"status":"PAID"}}}};{condition})'

    differences, not_covered = compare([Evaluated(paid, "true")])

    assert differences == []
    assert f"{condition} is false" in not_covered
    assert f"{condition} is true" not in not_covered


def test_a_branch_that_was_never_taken_is_named() -> None:
    expression = "$states.result.Payload.hold_seconds ? $states.result.Payload.hold_seconds : 0"
    held = Evaluated(f'($states:={{"result":{{"Payload":{{"hold_seconds":60}}}}}};{expression})', "60")
    rejected = Evaluated(f'($states:={{"result":{{"Payload":{{}}}}}};{expression})', "0")

    def missing(*evaluated: Evaluated) -> list[str]:
        return [part for part in compare(evaluated)[1] if part.startswith(f"{expression}, branch")]

    assert [part[-4:] for part in missing(held)] == ["else"]
    assert [part[-4:] for part in missing(rejected)] == ["then"]
    assert missing(held, rejected) == []


def test_an_expression_is_recognized_after_the_values_of_its_variables() -> None:
    values = json.dumps({"input": "; $states.input.cause"})
    evaluated = Evaluated(f"($states:={values};$states.input.cause)", '"x"')

    assert evaluated.written == "$states.input.cause"
    assert evaluated.text[evaluated.start :] == "$states.input.cause)"
    assert Evaluated("$exists(($states:={};$states.input.cause))", "false").written is None
