"""The local AWS: start it, deploy the unchanged template to it, stop it."""

from tools.local.lifecycle import local_aws, running_stack, working_directory
from tools.local.settings import LocalSettings
from tools.local.stack import Credentials, Stack

__all__ = ["Credentials", "LocalSettings", "Stack", "local_aws", "running_stack", "working_directory"]
