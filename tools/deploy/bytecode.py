"""Adds bytecode to the packages that `sam build` made, and makes one package of them.

SAM leaves out bytecode, and a package is read-only on Lambda: without bytecode each cold start compiles every module that it
imports, two fifths of its work. SAM also copies the package once for each function, although all have the same code.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.deploy.commands import PROJECT, environment
from tools.deploy.errors import DeployError
from tools.deploy.machine import find_python
from tools.deploy.parameters import declared_parameters

ON_LAMBDA = "/var/task"  # where the code is there, and so in its tracebacks
# As SAM writes it into the built template: the directory of a function's package.
CODE = re.compile(r"^(?P<name> +CodeUri: )(?P<directory>\w+)$", re.MULTILINE)


def finish_packages(build_directory: Path, python: str | None) -> None:
    """Let all functions of a build share one package, and add bytecode to it.

    Args:
        build_directory: the output of `sam build`. It may be finished already.
        python: a Python of the functions' Runtime; None: there is none, so the package stays without bytecode.

    Raises:
        DeployError: a file cannot be compiled.
    """
    package = _one_package(build_directory)
    if package and python:
        compile_package(package, python)


def _one_package(build_directory: Path) -> Path | None:
    template = build_directory / "template.yaml"
    text = template.read_text()
    directories = list(dict.fromkeys(found["directory"] for found in CODE.finditer(text)))
    if not directories:
        return None
    first, *others = directories
    contents = _files(build_directory / first)
    same = [other for other in others if _files(build_directory / other) == contents]
    template.write_text(
        CODE.sub(lambda found: found["name"] + (first if found["directory"] in same else found["directory"]), text)
    )
    for other in same:
        shutil.rmtree(build_directory / other)
    return build_directory / first


def _files(package: Path) -> dict[Path, int]:
    """The files of a package, with their sizes; without bytecode, which one of the packages may have got."""
    files = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(package): path.stat().st_size for path in files}


def compile_package(package: Path, python: str) -> None:
    """Add bytecode that is never compared with its source: its time changes on the way to Lambda.

    https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
    """
    # The same code has the same bytecode in each build, or each deployment would publish new versions.
    fixed = environment() | {"PYTHONHASHSEED": "0"}
    how = ("--invalidation-mode", "unchecked-hash", "-q", "-f", "-s", str(package), "-p", ON_LAMBDA)
    ended = subprocess.run(
        [python, "-m", "compileall", *how, str(package)], env=fixed, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise DeployError(f"The functions could not be compiled: {ended.stdout}{ended.stderr}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Finish the packages of `sam build`, for `sam package` and `sam deploy`."""
    parser = argparse.ArgumentParser(prog="python -m tools.deploy.bytecode", description=main.__doc__)
    parser.add_argument("--build-directory", type=Path, default=PROJECT / ".aws-sam" / "build")
    parser.add_argument(
        "--runtime",
        default=declared_parameters(PROJECT / "template.yaml")["Runtime"]["Default"],
        help="the Runtime of the build; default: that of the template",
    )
    given = parser.parse_args(arguments)
    if not (given.build_directory / "template.yaml").exists():
        print(f"{given.build_directory} contains no build. Build first: sam build", file=sys.stderr)
        return 1
    python = find_python(given.runtime, os.environ)
    if python is None:
        version = given.runtime.removeprefix("python")
        print(f"The PATH has no Python {version}, so the functions start slower: without bytecode.", file=sys.stderr)
    try:
        finish_packages(given.build_directory, python)
    except DeployError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
