"""How a step of the smoke test can end, other than well."""


class Unexpected(Exception):
    """The stack's response is not the expected one."""


class NotOnLocalAws(Exception):
    """The local AWS does not have what the step looks at. The message names it."""


class StepFailed(Exception):
    """A step failed. The message contains the step, the reason, and what to do."""
