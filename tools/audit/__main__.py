"""Command line: python -m tools.audit. With AUDIT=strict, an unreachable vulnerability database is a failure."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.template.source import monitoring_template
from tests.support.template.transformed import transformed
from tools.console import run_and_exit
from tools.local.processes.temporary import temporary_directory, with_temporary_files_in

PROJECT = Path(__file__).parent.parent.parent
TOOLS = PROJECT / ".audit" / "bin"
PYTHON_LOCKS = ("functions/requirements.txt", "requirements/dev.txt")
# Not tools/bench/medusa: it is measured as it was released, and nothing of it is deployed or listens to a network.
NODE_PROJECTS = ("admin-ui", "tests/support/dynamodb_local", "tests/support/language_service")
FILES = PROJECT / ".audit" / "tmp"
TIMEOUT_SECONDS = 300


@dataclass(frozen=True)
class Finding:
    """The result of one scan: the known vulnerabilities, or why the scan was not possible."""

    subject: str
    dangers: Sequence[str] = ()
    unknown: str | None = None  # why the scan was not possible

    def __str__(self) -> str:
        if self.unknown:
            return f"{self.subject}: not scanned: {self.unknown}"
        return "\n".join((f"{self.subject}: {len(self.dangers)} found", *(f"  {danger}" for danger in self.dangers)))


def main() -> int:
    """Scan everything; return 1 for a vulnerability, and with AUDIT=strict for a scan that was not possible."""
    is_strict = os.environ.get("AUDIT") == "strict"
    code = 0
    try:
        print("Scanning the template and all locked packages …", flush=True)
        for finding in _findings():
            print(finding, flush=True)
            if finding.dangers or (finding.unknown and is_strict):
                code = 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return code


def _findings() -> Iterator[Finding]:
    """One scan after the other; each takes a while."""
    yield of_template()
    yield from (of_python(lock) for lock in PYTHON_LOCKS)
    yield from (of_node(project) for project in NODE_PROJECTS)


def of_template() -> Finding:
    """Scan the transformed template with checkov."""
    with temporary_directory(FILES) as directory:
        (directory / "template.json").write_text(json.dumps(transformed(), indent=2))
        (directory / "monitoring.template.json").write_text(json.dumps(monitoring_template(), indent=2))
        arguments = ("--directory", str(directory), "--config-file", str(Path(__file__).parent / "checkov.yaml"))
        output = _run(str(TOOLS / "checkov"), *arguments, "--output", "json")
    try:
        report = json.loads(output)
    except ValueError:
        return Finding("template", unknown="checkov did not answer")
    if "results" not in report or not report["summary"]["resource_count"]:
        return Finding("template", unknown="checkov read no resource")
    failed = report["results"]["failed_checks"]
    return Finding("template", [f"{f['resource']}: {f['check_id']} {f['check_name']}" for f in failed])


def of_python(lock: str) -> Finding:
    """Scan the packages of a Python lock file."""
    arguments = ("--requirement", str(PROJECT / lock), "--no-deps", "--disable-pip", "--progress-spinner", "off")
    return found_in_python(lock, _run(str(TOOLS / "pip-audit"), *arguments, "--format", "json"))


def found_in_python(lock: str, output: str) -> Finding:
    """Read pip-audit's report."""
    try:
        packages = json.loads(output)["dependencies"]
    except (ValueError, KeyError):
        return Finding(lock, unknown="the vulnerability database did not answer")
    looked_up = [package for package in packages if "vulns" in package]
    if len(looked_up) < len(packages):
        return Finding(lock, unknown=f"the database knows {len(looked_up)} of {len(packages)} packages")
    return Finding(lock, [f"{p['name']} {p['version']}: {v['id']}" for p in packages for v in p["vulns"]])


def of_node(project: str) -> Finding:
    """Scan the packages of a Node.js project."""
    return found_in_node(project, _run("npm", "audit", "--json", directory=PROJECT / project))


def found_in_node(project: str, output: str) -> Finding:
    """Read npm's report."""
    try:
        vulnerabilities: dict[str, Any] = json.loads(output)["vulnerabilities"]
    except (ValueError, KeyError):
        return Finding(project, unknown="the vulnerability database did not answer")
    return Finding(project, [f"{name}: {found['severity']}" for name, found in sorted(vulnerabilities.items())])


def _run(*command: str, directory: Path = PROJECT) -> str:
    """Run a tool and return its output, which lists the findings.

    The output is empty if the tool is missing or takes too long. The exit code is ignored: it only says whether
    there are findings.
    """
    environment = {**os.environ, "BC_SKIP_MAPPING": "TRUE"}  # otherwise checkov downloads its texts
    try:
        with temporary_directory(FILES) as temporary:
            ran = subprocess.run(
                command,
                cwd=directory,
                env=with_temporary_files_in(temporary, environment),
                capture_output=True,
                text=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{Path(command[0]).name} cannot be run: {error}", file=sys.stderr)
        return ""
    return ran.stdout


if __name__ == "__main__":
    run_and_exit(main)
