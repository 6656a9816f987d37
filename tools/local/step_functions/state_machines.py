"""Copies the deployed state machines to the Step Functions engine, which runs their executions."""

import json

import yaml

from tools.local.root_user import root_session
from tools.local.settings import LocalSettings


def copy_state_machines(settings: LocalSettings) -> list[str]:
    """Create every deployed state machine in the engine, and return their names."""
    root = root_session()
    deployed = root.client("stepfunctions", endpoint_url=settings.endpoint_url)
    engine = root.client("stepfunctions", endpoint_url=settings.engine_url)
    names = []
    for page in deployed.get_paginator("list_state_machines").paginate():
        for entry in page["stateMachines"]:
            machine = deployed.describe_state_machine(stateMachineArn=entry["stateMachineArn"])
            engine.create_state_machine(
                name=machine["name"],
                definition=json.dumps(yaml.safe_load(machine["definition"])),  # YAML includes JSON
                roleArn=machine["roleArn"],
                type=machine["type"],
            )
            names.append(machine["name"])
    return names
