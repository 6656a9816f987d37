"""A function's package and the SDK of its runtime, as they are on Lambda, from what is installed here."""

import re
import shutil
import sys
from importlib.metadata import distribution
from pathlib import Path

from tools.deploy.bytecode import compile_package
from tools.local.settings import PROJECT

# What Lambda's Python has besides the standard library. Nothing else that is installed here may be found: urllib3, for
# example, uses pyOpenSSL and h2 where it finds them.
OF_THE_RUNTIME = ("boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3")


def make_package(directory: Path) -> Path:
    """Copy the functions with their locked packages, and add bytecode, as `make deploy` does."""
    functions = PROJECT / "functions"
    shutil.copytree(functions, directory, ignore=shutil.ignore_patterns("__pycache__"))
    for name in re.findall(r"^([\w-]+)==", (functions / "requirements.txt").read_text(), re.MULTILINE):
        for installed in distribution(name).files or ():
            if "__pycache__" not in installed.parts and ".." not in installed.parts:
                target = directory / installed
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(installed.locate()), target)
    compile_package(directory, sys.executable)
    return directory


def make_sdk(directory: Path) -> Path:
    """Link the packages of the runtime, which have bytecode there too."""
    directory.mkdir()
    for name in OF_THE_RUNTIME:
        files = distribution(name).files or ()
        for top in {file.parts[0] for file in files if file.suffix == ".py" and ".." not in file.parts}:
            (directory / top).symlink_to(str(distribution(name).locate_file(top)))
    return directory
