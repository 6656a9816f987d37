"""Makes the calls of the AWS CLI that our documents show, on a machine without the CLI: `aws lambda invoke --payload …`."""

import shutil
import sys
from pathlib import Path
from typing import Any

import boto3


def with_aws_cli(folder: Path) -> str:
    """A PATH entry: the folder, in which there is a program `aws` if this machine has none."""
    if shutil.which("aws") is None:
        program = folder / "aws"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{__file__}" "$@"\n')
        program.chmod(0o755)
    return str(folder)


def main(arguments: list[str]) -> None:
    """Make one call. A name is a positional argument; an option has one value, a file of bytes with `fileb://`."""
    options: dict[str, Any] = {}
    names = []
    words = iter(arguments)
    for word in words:
        if word.startswith("--"):
            options[word.removeprefix("--")] = next(words)
        else:
            names.append(word)
    service, operation, *files = names
    client: Any = boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=options.pop("endpoint-url"),
        region_name=options.pop("region"),
    )
    answer = client.meta.method_to_api_mapping[operation.replace("-", "_")]
    members = client.meta.service_model.operation_model(answer).input_shape.members
    by_option = {name.lower(): name for name in members}
    parameters = {by_option[option.replace("-", "")]: _value(text) for option, text in options.items()}
    answered = getattr(client, operation.replace("-", "_"))(**parameters)
    for file in files:
        Path(file).write_bytes(answered["Payload"].read())


def _value(text: str) -> str | bytes:
    path = text.removeprefix("fileb://")
    return text if path == text else Path(path).read_bytes()


if __name__ == "__main__":
    main(sys.argv[1:])
