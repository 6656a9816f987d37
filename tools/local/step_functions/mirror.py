"""Gives the engine the state machines that were deployed."""

import json

import boto3
import yaml

from tools.local.settings import REGION, ROOT_ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY, LocalSettings


def mirror(settings: LocalSettings) -> list[str]:
    """Make the engine's state machines those of the stack; answers their names."""
    root = boto3.Session(ROOT_ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY, region_name=REGION)
    deployed = root.client("stepfunctions", endpoint_url=settings.endpoint_url)
    engine = root.client("stepfunctions", endpoint_url=settings.engine_url)
    names = []
    for page in deployed.get_paginator("list_state_machines").paginate():
        for entry in page["stateMachines"]:
            machine = deployed.describe_state_machine(stateMachineArn=entry["stateMachineArn"])
            engine.create_state_machine(
                name=machine["name"],
                definition=json.dumps(yaml.safe_load(machine["definition"])),  # JSON is YAML, too
                roleArn=machine["roleArn"],
                type=machine["type"],
            )
            names.append(machine["name"])
    return names
