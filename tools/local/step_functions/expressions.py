"""Evaluates JSONata for the engine. moto needs a JVM for this, and does not escape the text in its expressions."""

from typing import Any

import jsonata
from moto.stepfunctions.parser.asl.eval import states, variable_store
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str


def install() -> None:
    """Patch moto so that it evaluates JSONata in this process."""
    moto_jsonata._eval_jsonata = evaluate
    states.encode_jsonata_variable_declarations = declarations
    variable_store.encode_jsonata_variable_declarations = declarations


def evaluate(expression: str) -> Any:
    """The value of an expression."""
    return jsonata.Jsonata(expression).evaluate(None)


def declarations(bindings: dict[str, Any]) -> str:
    """Expressions that assign the variables' values. Values are written as JSON, which is valid JSONata."""
    return "".join(f"{variable}:={to_json_str(value)};" for variable, value in bindings.items())
