"""Which of the caller's environment variables the local AWS and its tools see.

A variable of the caller can name another account, endpoint, proxy or certificate, and it must not change what happens on
the local AWS. What works with a stack on AWS keeps all variables: it does not use this module.
"""

import os
import sys
from collections.abc import Mapping, MutableMapping
from enum import Enum
from pathlib import Path

from tools.local.root_user import ROOT_ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY
from tools.local.settings import HOST, PROJECT, REGION

ON_THIS_MACHINE = (HOST, "localhost")

# They name accounts, endpoints and behaviours of AWS, of its emulators, or of the interpreter.
OF_AWS = ("AWS_", "BOTO_", "LOCALSTACK_", "MINISTACK_", "MOTO_", "SAM_", "_X_AMZN_", "__SAM_CLI_")
OF_THE_INTERPRETER = ("PYTHON",)

# What an emulator needs of the others: for the machine, for texts, and our own (LOCAL_PORT).
OF_THE_MACHINE = {
    *("HOME", "LOGNAME", "SHELL", "USER", "LANG", "LANGUAGE", "NO_COLOR", "TERM", "TZ"),
    *("DYLD_LIBRARY_PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "XDG_CACHE_HOME"),
}
OF_THE_MACHINE_PREFIXES = ("LC_", "LOCAL_")
KEPT_OF_THE_INTERPRETER = {"PYTHONDONTWRITEBYTECODE"}

# No profile, no credentials of the machine, no account: botocore finds nothing that is not passed to it.
NO_ACCOUNT = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


class Reader(Enum):
    """What reads the variables.

    `DOWNLOADS` is a command that also fetches packages: it needs the caller's proxies, certificates and package indexes.
    `LOCAL` calls only the local AWS.
    """

    LOCAL = "local"
    DOWNLOADS = "downloads"


def is_passed_on(name: str, reader: Reader) -> bool:
    """Whether a process that the local AWS starts sees this variable of the caller."""
    if name in KEPT_OF_THE_INTERPRETER:
        return True
    if name.startswith(OF_AWS + OF_THE_INTERPRETER):
        return False
    if reader is Reader.DOWNLOADS:
        return True
    return name in OF_THE_MACHINE or name.startswith(OF_THE_MACHINE_PREFIXES)


def clean_environment(extra: Mapping[str, str], reader: Reader = Reader.LOCAL) -> dict[str, str]:
    """The environment of a process that the local AWS starts: what is passed on of the caller's, and `extra`."""
    return {
        **{name: value for name, value in os.environ.items() if is_passed_on(name, reader)},
        **_direct(os.environ),
        **NO_ACCOUNT,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "PYTHONPATH": str(PROJECT),
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ROOT_ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": ROOT_SECRET_ACCESS_KEY,
        **extra,
    }


def forget_account_of_caller(environment: MutableMapping[str, str] = os.environ) -> None:
    """Remove from this process what names an account, an endpoint or a behaviour of AWS.

    A command calls it before it creates a client of the local AWS. Proxies stay for what the command downloads, but they
    are never used for addresses of this machine.
    """
    for name in [name for name in environment if name.startswith(OF_AWS)]:
        del environment[name]
    environment.update(NO_ACCOUNT | _direct(environment))


def _direct(environment: Mapping[str, str]) -> dict[str, str]:
    """The exceptions from the caller's proxies, with this machine.

    Programs read NO_PROXY or no_proxy, and many read the second one first.
    """
    exceptions = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    if exceptions.strip() != "*":
        listed = [part.strip() for part in exceptions.split(",") if part.strip()]
        exceptions = ",".join(dict.fromkeys([*listed, *ON_THIS_MACHINE]))
    return {"no_proxy": exceptions, "NO_PROXY": exceptions}
