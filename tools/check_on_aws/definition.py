"""The definition of the workflow as it is sent to AWS: its substitutions are names and ARNs of nothing that exists."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.check_on_aws.errors import BadDefinition

State = dict[str, Any]
Definition = dict[str, Any]  # an object with StartAt and States: the state machine, or the ItemProcessor of a Map

DEFINITION = Path(__file__).parent.parent.parent / "statemachines" / "reservation.asl.yaml"
SUBSTITUTION = re.compile(r"\$\{(\w+)\}")
ACCOUNT_ID = "123456789012"  # the account of the examples in AWS's documentation
EXECUTION_NAME = "order-1001"


@dataclass(frozen=True)
class Target:
    """The region in which the states run, and its partition, for example `aws`."""

    region: str
    partition: str = "aws"

    @property
    def execution_arn(self) -> str:
        """The execution of which the states believe to be a part."""
        return f"arn:{self.partition}:states:{self.region}:{ACCOUNT_ID}:execution:Reservation:{EXECUTION_NAME}"

    def fill(self, text: str) -> str:
        """Replace each substitution like `${LowStockTopicArn}` by a well-formed name or ARN.

        Raises:
            BadDefinition: a substitution is of an unknown kind.
        """
        return SUBSTITUTION.sub(lambda found: self._value(found[1]), text)

    def _value(self, name: str) -> str:
        arn = f"arn:{self.partition}:{{}}:{self.region}:{ACCOUNT_ID}:{{}}"
        if name == "Partition":
            return self.partition
        if name == "ExecutionArn":
            return self.execution_arn
        if name.endswith("FunctionArn"):
            return arn.format("lambda", f"function:{name.removesuffix('FunctionArn')}:live")
        if name.endswith("TopicArn"):
            return arn.format("sns", name.removesuffix("Arn"))
        if name.endswith("TableName"):
            return name.removesuffix("Name")
        raise BadDefinition(
            f"${{{name}}} is a substitution of an unknown kind. Say in tools/check_on_aws/definition.py what to send."
        )


def load_definition(path: Path, target: Target) -> Definition:
    """Read the definition, a YAML file, and fill in its substitutions.

    Raises:
        BadDefinition: the file is not a definition, or has a substitution of an unknown kind.
    """
    try:
        loaded = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise BadDefinition(f"{path.name} cannot be read: {error}") from error
    if not isinstance(loaded, dict) or "States" not in loaded:
        raise BadDefinition(f"{path.name} has no States, so it is not the definition of a state machine.")
    definition: Definition = json.loads(target.fill(json.dumps(loaded)))
    return definition


def states(definition: Definition) -> Mapping[str, State]:
    """Every state by its name, including those of Maps."""
    return dict(_states(definition))


def _states(definition: Definition) -> Iterator[tuple[str, State]]:
    for name, state in definition["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from _states(state["ItemProcessor"])
