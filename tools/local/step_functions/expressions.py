"""JSONata for the engine: moto leaves evaluation to a JVM, and does not escape the text it puts into expressions."""

from typing import Any

import jsonata
from moto.stepfunctions.parser.asl.eval import states, variable_store
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str


def install() -> None:
    """Let the engine evaluate JSONata here."""
    moto_jsonata._eval_jsonata = evaluate
    states.encode_jsonata_variable_declarations = declarations
    variable_store.encode_jsonata_variable_declarations = declarations


def evaluate(expression: str) -> Any:
    """The value of an expression."""
    return jsonata.Jsonata(expression).evaluate(None)


def declarations(bindings: dict[str, Any]) -> str:
    """Expressions that give the variables their values; JSON is a part of JSONata."""
    return "".join(f"{variable}:={to_json_str(value)};" for variable, value in bindings.items())
