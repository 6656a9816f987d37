"""The environment variables of the processes that the local AWS starts."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.local.root_user import ROOT_ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY
from tools.local.settings import HOST, PROJECT, REGION


def clean_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """This process's environment plus `extra`, without anything that could reach a real AWS account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_", "MOTO_"))}
    return {
        **kept,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "PYTHONPATH": str(PROJECT),
        "NO_PROXY": ",".join(filter(None, [kept.get("NO_PROXY"), HOST, "localhost"])),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ROOT_ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": ROOT_SECRET_ACCESS_KEY,
        **extra,
    }
