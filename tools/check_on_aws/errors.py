"""Errors of the check. Each message is one sentence that says what to do."""


class CheckError(Exception):
    """The check cannot run."""


class BadDefinition(CheckError):
    """The definition cannot be read, or has a substitution that this command cannot fill in."""


class NotChecked(CheckError):
    """AWS did not run the state: no credentials, no permission, throttled, or refused."""
