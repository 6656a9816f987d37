"""Evaluates JSONata for the engine. moto needs a JVM for this, and does not escape the text in its expressions."""

import json
from datetime import date
from typing import Any

import jsonata
from moto.stepfunctions.parser.asl.eval import states, variable_store
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata


def install() -> None:
    """Patch moto so that it evaluates JSONata in this process."""
    moto_jsonata._eval_jsonata = evaluate
    states.encode_jsonata_variable_declarations = declarations
    variable_store.encode_jsonata_variable_declarations = declarations


def evaluate(expression: str) -> Any:
    """The value of an expression."""
    return jsonata.Jsonata(expression).evaluate(None)


def declarations(bindings: dict[str, Any]) -> str:
    """Expressions that assign the variables' values. Values are written as JSON, which is valid JSONata.

    Characters are not escaped: the library reads the two escapes of one emoji as two characters.
    """
    texts = {variable: json.dumps(value, default=_as_text, ensure_ascii=False) for variable, value in bindings.items()}
    return "".join(f"{variable}:={text};" for variable, text in texts.items())


def _as_text(value: object) -> str:
    """A value that JSON does not have, as moto writes it."""
    return value.isoformat() if isinstance(value, date) else str(value)
